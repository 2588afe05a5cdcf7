"""Texts that would have a page do something, for the tests that show that it does not."""

from __future__ import annotations

#: TeX that other converters have let through to a page; each would set window.pwned.
MATH = (
    r"\text{<img/src=''onerror=window.pwned=1>}",
    r"\text{<svg/onload=window.pwned=1>}",
    r"\text{</math><script>window.pwned=1</script>}",
    r"\mbox{</math><img src=x onerror='window.pwned=1'>}",
    r"\textbf{<img/src/onerror=window.pwned=1>}^2",
    r"\text{&lt;img src=x onerror=window.pwned=1&gt;}",
    r"\operatorname{<img src=x onerror=window.pwned=1>}",
    r"x<img/src/onerror=window.pwned=1>",
    r"x^{</math><style>*{background:url(javascript:window.pwned=1)}</style>}",
    r"\href{javascript:window.pwned=1}{x}",
    r"\style{background:red}{x}",
    r"\class{row}{x}",
    r"\color{red\" onclick=\"window.pwned=1}x",
    r"\textcolor{'onclick='window.pwned=1}{x}",
    r"\begin{array}{c\" onload=\"window.pwned=1} x \end{array}",
    r"\rule{1em\" onload=\"window.pwned=1}{1em}",
    r"\htmlId{x}{y}",
    r"\def\x{\x\x}\x",
    r"\newcommand{\a}{<img src=x onerror=window.pwned=1>}\a",
    r"\verb|<img src=x onerror=window.pwned=1>|",
    r"\mathchoice{<b>}{}{}{}",
    "\\text{\x00<img src=x onerror=window.pwned=1>}",
    r"\unicode{<img src=x onerror=window.pwned=1>}",
    r"\tag{<img src=x onerror=window.pwned=1>}x",
)


def payloads() -> tuple[str, ...]:
    """Several hundred texts that would set window.pwned if a page took them for more than text.

    Every way out of a place (text, attributes of either quote, none, a title, a style, a script, a comment) with every
    way of running something; and every spelling of a URL that runs something.
    """
    run = "window.pwned=1"
    exits = ("", '">', "'>", ">", '" ', "' ", "</title>", "</textarea>", "</style>", "</script>", "-->", "]]>", "</a>")
    acts = (
        f"<script>{run}</script>",
        f"<ScRiPt x>{run}</sCrIpT\t>",
        f"<script>/*</script><script>*/{run}</script>",
        f"<script src=data:,{run}></script>",
        f"<img src=x onerror={run}>",
        f"<img/src/onerror='{run}'>",
        f"<svg/onload={run}>",
        f"<svg><script>{run}</script></svg>",
        f"<svg><animate onbegin={run} attributeName=x dur=1s>",
        f"<math><mtext><img src=x onerror={run}></mtext></math>",
        f"<body onload={run}>",
        f"<details open ontoggle={run}>x</details>",
        f"<input autofocus onfocus={run}>",
        f"<video><source onerror={run}></video>",
        f"<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
        f"<iframe src=javascript:parent.{run}></iframe>",
        f"<object data=javascript:{run}></object>",
        f"<style>@keyframes x{{}}</style><b style=animation-name:x onanimationstart={run}>x</b>",
        f"<a href=javascript:{run}>x</a>",
        f"<form action=javascript:{run}><button>x</button></form>",
        f"<button popovertarget=p>x</button><b popover id=p onbeforetoggle={run}>y</b>",
        f"<noscript><p title='</noscript><img src=x onerror={run}>'>",
        f"<template><script>{run}</script></template><b onclick={run}>x</b>",
    )
    handlers = (
        "onclick",
        "onmouseover",
        "onfocus",
        "onpointerenter",
        "ontoggle",
        "onanimationstart",
        "style=x onclick",
    )
    inside = tuple(
        f"{quote} {handler}={quote}{run}{quote} x={quote}"
        for quote in ('"', "'", "", "`")
        for handler in handlers
    )  # fmt: skip
    schemes = (
        "javascript:", "JaVaScRiPt:", " javascript:", "\tjavascript:", "java\tscript:", "java\nscript:",
        "\x01javascript:",
        "javascript&colon;", "&#106;avascript:", "&#x6A;avascript&#58;", "\u00a0javascript:", "javascript\t:",
        "vbscript:",
        "data:text/html,<script>parent.window.pwned=1</script>", "view-source:javascript:", "feed:javascript:", "//x@",
        "javascript://example.org/%0A", "https:javascript:", "jav&#x0A;ascript:", "\\javascript:", "blob:javascript:",
    )  # fmt: skip
    urls = tuple(f"{scheme}{run}" for scheme in schemes)
    return (*(exit_ + act for exit_ in exits for act in acts), *inside, *urls)
