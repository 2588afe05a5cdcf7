from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet import config
from broadsheet.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]


def write(folder: Path, text: str, name: str = "made.toml") -> Path:
    file = folder / "profiles" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def complaint(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        config.read_profile(file)
    return str(caught.value)


def test_the_shipped_settings_show_the_defaults() -> None:
    assert config.read_settings(ROOT / "config" / "settings.toml") == config.Settings()


def test_the_shipped_settings_show_every_key() -> None:
    text = (ROOT / "config" / "settings.toml").read_text(encoding="utf-8")
    for kind in (config.Settings, config.Site, config.Feed):
        for name in kind.__dataclass_fields__:
            assert f"\n{name} = " in text or f"\n[{name}]" in text, name


SOURCES = (ROOT / "config" / "sources.toml").read_text(encoding="utf-8")
#: The commented entries of the shipped sources.toml, as they are when the comments are taken off.
ENTRIES = [
    "\n".join(line.removeprefix("# ") for line in found.splitlines())
    for found in re.findall(r"^# \[\[source\]\]$(?:\n# .*)*", SOURCES, flags=re.MULTILINE)
]


def read_sources(folder: Path, text: str) -> tuple[config.Source, ...]:
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return config.read_sources(file)


def test_the_shipped_sources_name_every_key() -> None:
    assert config.read_sources(ROOT / "config" / "sources.toml") == ()
    own = set(config.Source.__dataclass_fields__) - {"collect"}
    ways = {
        name for kind in (config.FromFolder, config.FromUrl, config.FromMailbox) for name in kind.__dataclass_fields__
    }
    keys = {"from" if name == "senders" else name for name in own | ways}
    assert {key for key in keys if f"\n# {key} = " not in SOURCES} == set()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_shipped_source_is_right_when_the_comments_are_taken_off(tmp_path: Path, entry: str) -> None:
    (source,) = read_sources(tmp_path, entry)

    assert source.collect or source.files


def test_all_shipped_sources_are_right_together(tmp_path: Path) -> None:
    assert SOURCES.count("# [[source]]") == len(ENTRIES) == 14
    sources = read_sources(tmp_path, "\n".join(ENTRIES))

    assert (sources[0].name, sources[0].format, sources[0].full_listing) == ("daily-papers", "daily-papers", False)
    # What the reference shows as usual is what holds without the key.
    folder, page, mailbox = (source.collect for source in sources[1:4])
    assert folder == config.FromFolder(folder="~/Downloads")
    assert page == config.FromUrl(url="https://example.org/feed.xml")
    assert isinstance(mailbox, config.FromMailbox)
    assert (mailbox.days, mailbox.limit_mib, mailbox.allow_private) == (14, 64, False)


def test_a_profile_has_defaults_for_all_but_its_rules(tmp_path: Path) -> None:
    profile = config.read_profile(write(tmp_path, "[[rule]]\nwhen = 'cache'\n", "kv-cache.toml"))

    assert (profile.name, profile.title, profile.limit) == ("kv-cache", "Kv cache", 25)
    assert [(rule.name, rule.when, rule.weight) for rule in profile.rules] == [("cache", "cache", 1.0)]


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("when = 'a b'", 9, "a b"),
        ('  when  =  "a b"  # why', 13, "a b"),
        ("when = '''a b'''", 11, "a b"),
        ('when = """\na b"""', 1, "a b"),
    ],
)
def test_a_rule_knows_where_its_query_stands(tmp_path: Path, line: str, column: int, text: str) -> None:
    place = config.read_profile(write(tmp_path, f"[[rule]]\n{line}\n")).rules[0].place

    assert place.file == "profiles/made.toml"
    assert place.line == (3 if "\n" in line else 2)
    assert place.text[place.column - 1 :].startswith(text)
    assert place.column == column


def test_a_query_with_escapes_is_shown_as_it_reads(tmp_path: Path) -> None:
    place = config.read_profile(write(tmp_path, '[[rule]]\nwhen = "\\"kv cache\\" OR x"\n')).rules[0].place

    assert (place.line, place.column, place.text) == (2, 1, '"kv cache" OR x')


def test_a_header_in_a_long_string_is_no_header(tmp_path: Path) -> None:
    text = "[[rule]]\nwhen = '''\na\n[[rule]]\nb'''\n[[rule]]\nwhen = 'c'\n"
    with pytest.raises(ConfigError, match="x"):
        config.read_profile(write(tmp_path, text + "weight = 'x'\n"))
    assert [rule.place.line for rule in config.read_profile(write(tmp_path, text)).rules] == [3, 7]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("titel = 'x'", "1:1: titel: is not known here"),
        ("titel = 'x'", "did you mean title?"),
        ("limit = '5'", "1:10: limit: is a text and must be a whole number"),
        ("limit = true", "must be a whole number"),
        ("limit = 0", "must be at least 1"),
        ("min_score = nan", "at most two decimals"),
        ("min_score = inf", "at most two decimals"),
        ("title_boost = -1", "must not be negative"),
        ("sources = 'x'", "must be a list of texts"),
        ("rule = 'x'", "must be an array of tables"),
        ("[[rule]]\nname = 'n'", "1:1: rule.when: is missing or empty"),
        ("[[rule]]\nwhen = 'a'\n[[rule]]\nwhen = 'a'", "is the name of an earlier rule"),
        ("[[rule]]\nwhen = 'a'\nweight = 0.125", "3:10: rule.weight: 0.125 is not a number with at most two decimals"),
        ("[[mute]]\nwhen = 'a'\nweight = 1", "3:1: mute.weight: is not known here"),
        ("title = 'a", "1:"),
        ("title = 'a", "is not TOML"),
        ("title = [", "is not TOML"),
        ("", "has no rule"),
    ],
)
def test_a_mistake_in_a_profile_is_named(tmp_path: Path, text: str, wanted: str) -> None:
    assert wanted in complaint(write(tmp_path, text))


def test_a_caret_stands_under_the_place(tmp_path: Path) -> None:
    lines = complaint(write(tmp_path, "[[rule]]\nwhen = 'a'\nweight = 0.125\n")).splitlines()

    assert lines[1] == "    weight = 0.125"
    assert lines[2] == "             ^"


def test_all_mistakes_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    write(tmp_path, "limit = 0\ntitel = 1\n[[rule]]\nwhen = 'a'\n", "b.toml")
    write(tmp_path, "x = 1\n[[rule]]\nwhen = 'a'\n", "a.toml")
    settings = tmp_path / "settings.toml"
    settings.write_text("timezone = 'Mars/Olympus'\n[site]\nurl = 'ftp://x'\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        config.load(
            settings, ROOT / "config" / "sources.toml", ROOT / "config" / "deliveries.toml", tmp_path / "profiles"
        )

    places = [(mistake.file, mistake.line) for mistake in caught.value.mistakes]
    assert places == [
        ("profiles/a.toml", 1),
        ("profiles/b.toml", 1),
        ("profiles/b.toml", 2),
        ("settings.toml", 1),
        ("settings.toml", 3),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("timezone = '../etc/passwd'", "is no time zone"),
        ("timezone = ''", "is no time zone"),
        ("schedule = 'daily'", "five fields"),
        ("wait = -1", "at least 0"),
        ("[site]\nurl = 'https://example.org/x'", "ends in a slash"),
        ("[site]\ntag = 'nobody'", "a year in which it was yours"),
        ("[site]\nfind = 'javascript:{title}'", "must be an http or https address"),
        ("[site]\nfind = 'https://example.org/'", "with {title} in it"),
        ("[site]\nlanguage = '<'", "language tag"),
        ("site = 3", "must be a table"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=wanted):
        config.read_settings(file)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[[source]]\nfiles = ['*']", "must be letters, digits"),
        ("[[source]]\nname = 'a'", "names no files"),
        ("[[source]]\nname = 'a'\nfiles = ['*']\n[[source]]\nname = 'a'\nfiles = ['*']", "is taken"),
        ("[[source]]\nname = 'a'\nfiles = ['*']\nfull_listing = 'yes'", "must be true or false"),
        ("[[source]]\nname = '../a'\nurl = 'https://example.org/x'", "must be letters, digits"),
        ("[[source]]\nname = 'a'\nfolder = 'x'", "names no files"),
        ("[[source]]\nname = 'a'\nfiles = ['*']\nfolder = 'x'\nmove = 1", "must be true or false"),
        ("[[source]]\nname = 'a'\nfiles = ['*']\nfolder = 'x'\nurl = 'https://example.org/x'", "exclude each other"),
        ("[[source]]\nname = 'a'\nurl = 'ftp://example.org/x'", "must be an http or https address"),
        ("[[source]]\nname = 'a'\nurl = 'https://me:pass@example.org/x'", "must be an http or https address"),
        ("[[source]]\nname = 'a'\nurl = 'https://example.org/{month}'", "with {day} at most in braces"),
        ("[[source]]\nname = 'a'\nurl = 'https://{day}.example.org/'", "with {day} at most in braces"),
        ("[[source]]\nname = 'a'\nurl = 'https://example.org/x'\ntimeout = 0", "must be at least 1"),
        ("[[source]]\nname = 'a'\nurl = 'https://example.org/x'\nlimit_mib = 0", "must be at least 1"),
        ("[[source]]\nname = 'a'\nurl = 'https://example.org/x'\nallow_private = 'no'", "must be true or false"),
        ("[[source]]\nname = 'a'\nmailbox = 'imaps://me@example.org/INBOX'", "needs a password"),
        ("[[source]]\nname = 'a'\nmailbox = 'imaps://me:pass@example.org/INBOX'", "is no mailbox"),
        ("[[source]]\nname = 'a'\nmailbox = 'https://example.org/'\npassword = 'env:P'", "is no mailbox"),
        ("[[source]]\nname = 'a'\nmailbox = 'imaps://me@example.org/I'\npassword = 'env:P'\ndays = 0", "at least 1"),
        (
            "[[source]]\nname = 'a'\nmailbox = 'imaps://me@example.org/I'\npassword = 'env:P'\nfrom = 'x'",
            "list of texts",
        ),
        ("[[source]]\nname = 'a'\nuri = 'https://example.org/x'", "did you mean url"),
    ],
)
def test_a_mistake_in_the_sources_is_named(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=wanted):
        config.read_sources(file)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mailbox = 'imaps://me@example.org/INBOX'\npassword = 'horse'", "does not say where the secret is found"),
        ("mailbox = 'imaps://me:horse@example.org/INBOX'\npassword = 'env:P'", "is no mailbox"),
        ("url = 'https://me:horse@example.org/rss.xml'", "without name and password"),
    ],
)
def test_a_password_that_stands_in_the_sources_is_not_shown(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(ConfigError, match=wanted) as caught:
        read_sources(tmp_path, f"[[source]]\nname = 'a'\n{text}\n")
    assert "horse" not in str(caught.value)


def test_a_missing_file_and_one_that_is_not_utf_8_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read: No such file"):
        config.read_settings(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b"timezone = '\xe9'")
    with pytest.raises(ConfigError, match=r"latin\.toml: is not UTF-8"):
        config.read_settings(tmp_path / "latin.toml")


def test_a_profile_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    write(tmp_path, "[[rule]]\nwhen = 'a'\n")
    with pytest.raises(ConfigError, match=r"no profile 'mad'\n.*there are: made"):
        config.read_profiles(tmp_path / "profiles", ["mad"])
    with pytest.raises(ConfigError, match="holds no profile"):
        config.read_profiles(tmp_path / "nowhere")


def test_a_profile_is_named_by_letters_digits_and_dashes(tmp_path: Path) -> None:
    assert "rename the file" in complaint(write(tmp_path, "[[rule]]\nwhen = 'a'\n", "my profile.toml"))


@pytest.mark.parametrize(
    "text",
    [
        'mailbox = "imaps://me:hunter2@imap.example.org/INBOX"',
        'mailbox = "imaps://me@imap.example.org/INBOX"\npasword = "hunter2"',
        'mailbox = "imaps://me@imap.example.org/INBOX"\npsw = "hunter2"',
        'mailbox = "imaps://me@imap.example.org/INBOX"\npassword = "hunter2"',
        'mailbox = "imaps://me@imap.example.org/INBOX"\npassword = hunter2',
        'mailbox = "imaps://me@imap.example.org/INBOX"\npassword = ["hunter2"]',
        'url = "https://me:hunter2@example.org/feed"',
        "url = https://me:hunter2@example.org/feed",
        'url = "https://example.org/feed"\npasswort = "hunter2"',
    ],
)
def test_a_password_in_the_sources_is_a_mistake_that_does_not_show_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_sources(tmp_path, f'[[source]]\nname = "x"\n{text}\n')
    assert "hunter2" not in str(caught.value)
    assert "sources.toml:" in str(caught.value)


def test_a_mistake_is_shown_with_its_line_where_no_password_can_stand(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'fils = \["x"\]\n    \^'):
        read_sources(tmp_path, '# password = "env:X"\n[[source]]\nname = "x"\nfiles = ["y"]\nfils = ["x"]\n')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('url = "https://example.org/"\nmove = true', "source.move: means nothing without folder"),
        ('url = "https://example.org/"\ndays = 3', "source.days: means nothing without mailbox"),
        ('url = "https://example.org/"\npassword = "env:X"', "source.password: means nothing without mailbox"),
        ('folder = "x"\nfiles = ["*"]\nlimit_mib = 1', "source.limit_mib: means nothing for a folder"),
        ('folder = "x\\u0000y"\nfiles = ["*"]', "has a character that no name of a folder can have"),
        ('url = "https://example.org/"\ntimeout = 99999999999', "must be at most 3600"),
        ('url = "https://example.org/"\nlimit_mib = 99999999999', "must be at most"),
        ('mailbox = "imaps://me@example.org/I"\npassword = "env:X"\ndays = 99999999', "must be at most"),
    ],
)
def test_what_a_source_cannot_use_is_a_mistake(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_sources(tmp_path, f'[[source]]\nname = "x"\n{text}\n')
    assert told in str(caught.value)


def test_an_address_needs_no_path(tmp_path: Path) -> None:
    (source,) = read_sources(tmp_path, '[[source]]\nname = "x"\nurl = "https://example.org"\n')
    assert source.collect == config.FromUrl(url="https://example.org")
