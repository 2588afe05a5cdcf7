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
