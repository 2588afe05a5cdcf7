"""Where files are: the user's folder over what ships with Broadsheet.

Knows names and places; what stands in the files, config and the stages read. The flows are loaded by name and only
here, so that nothing in the library imports Prefect.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from .errors import BroadsheetError

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent

_DUMPS_README = """\
# The inbox

Put the pages you saved here, in any folder and under any name; a date in the name (listing-2026-06-01.txt) says when
the page was saved. `broadsheet run` reads what it has not read before. Nothing here is ever changed or deleted.
"""

_TEMPLATES_README = """\
# Your own templates

A file here stands in for the shipped template of the same name; delete it to go back. Copy the one to change from the
folder that this prints, and keep the copy short: `python -c "from broadsheet.workspace import shipped;
print(shipped('templates'))"`.

Shipped:

{names}
"""

_GITIGNORE = """\
/.prefect/
/output/
/state/
"""


def shipped(name: str) -> Path:
    """The file or folder called name (config, dumps, flows, templates) that came with the code.

    An installed package carries it inside, a checkout has it at its root. Raises BroadsheetError where it is missing.
    """
    inside = _PACKAGE / "_shipped" / name
    if inside.exists():
        return inside
    # Beside an installed package stand other people's folders, which may be called "templates" too.
    checkout = _CHECKOUT / name
    if checkout.exists() and (_CHECKOUT / "pyproject.toml").is_file():
        return checkout
    raise BroadsheetError(f"{name} is missing from the installation in {_PACKAGE}; install Broadsheet again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A user's folder, of the same shape as the repository; what stands there wins over what is shipped."""

    #: Absolute; need not hold anything.
    root: Path

    @classmethod
    def find(cls, folder: Path | None, cwd: Path) -> Workspace:
        """The workspace in folder, else the nearest one from cwd upward, else cwd itself.

        A folder with config/settings.toml or config/profiles/ is one. Raises BroadsheetError where the folder that was
        asked for is missing or a file.
        """
        if folder is None:
            near = (place for place in (cwd, *cwd.parents) if _is_workspace(place))
            return cls(root=next(near, cwd))
        root = cwd / folder
        if not _is(root.is_dir):
            state = "is a file" if _is(root.exists) else "does not exist"
            raise BroadsheetError(f"{folder}: the workspace {state}; make one with `broadsheet init DIR`")
        return cls(root=root.resolve())

    @property
    def config(self) -> Path:
        """The folder of the workspace's own settings.toml, sources.toml and profiles/."""
        return self.root / "config"

    @property
    def profiles(self) -> Path:
        """The folder of profiles: the workspace's own if it has one, else the examples."""
        own = self.config / "profiles"
        return own if _is(own.is_dir) else shipped("config") / "profiles"

    @property
    def templates(self) -> tuple[Path, ...]:
        """Where a template is looked for, in this order."""
        own, ours = self.root / "templates", shipped("templates")
        return (own, ours) if _is(own.is_dir) and own.resolve() != ours.resolve() else (ours,)

    @property
    def dumps(self) -> Path:
        """The inbox."""
        return self.root / "dumps"

    @property
    def output(self) -> Path:
        """What the runs publish."""
        return self.root / "output"

    @property
    def state(self) -> Path:
        """The store: broadsheet.db, archive/ and the run lock."""
        return self.root / "state"

    @property
    def prefect(self) -> Path:
        """All that Prefect writes down: its PREFECT_HOME."""
        return self.root / ".prefect"

    def file(self, name: str) -> Path:
        """A file of the configuration: the workspace's own if it has one, else the shipped defaults."""
        own = self.config / name
        return own if _is(own.exists) else shipped("config") / name

    def load_flows(self, *, debug: bool = False) -> ModuleType:
        """The module flows.run, imported with Prefect set up for this workspace; debug shows Prefect's log.

        Raises BroadsheetError where another package of that name stands in the way.
        """
        folder = shipped("flows")
        package = "flows" if folder.parent == _CHECKOUT else f"{__package__}._shipped.flows"
        environment = importlib.import_module(f"{package}.environment")
        if Path(str(environment.__file__)).parent != folder:
            raise BroadsheetError(f"{environment.__file__} hides {folder}; uninstall that package, or use --plain")
        environment.prepare(self.prefect, debug=debug)
        return importlib.import_module(f"{package}.run")


def init(target: Path) -> tuple[Path, ...]:
    """Make target a workspace: commented configuration, example profiles, an inbox; the files made, in order.

    An existing file is never touched. Raises BroadsheetError where target cannot be written.
    """
    ours = shipped("config")
    files = {
        f"config/{path.relative_to(ours).as_posix()}": path.read_bytes()
        for path in sorted(ours.rglob("*.toml"))
        if path.is_file()
    }
    templates = shipped("templates")
    names = sorted(path.relative_to(templates).as_posix() for path in templates.rglob("*") if path.is_file())
    listed = "\n".join(f"- {name}" for name in names if not name.startswith("README"))
    files["dumps/README.md"] = _DUMPS_README.encode()
    files["templates/README.md"] = _TEMPLATES_README.format(names=listed).encode()
    files[".gitignore"] = _GITIGNORE.encode()
    return tuple(target / name for name, content in files.items() if _made(target / name, content))


def _made(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all; False where there is one already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _is(path.is_symlink) or _is(path.exists):
            return False
        with path.open("xb") as file:
            try:
                file.write(content)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except OSError as error:
        raise BroadsheetError(f"{path}: cannot be made: {error.strerror or error}") from error
    return True


def _is_workspace(folder: Path) -> bool:
    config = folder / "config"
    return _is((config / "settings.toml").is_file) or _is((config / "profiles").is_dir)


def _is(question: Callable[[], bool]) -> bool:
    """The answer of the file system; no where it will not say (a folder above may be closed to us)."""
    try:
        return question()
    except OSError:
        return False
