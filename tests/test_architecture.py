"""The shape of the code, held by tests: what import contracts and linters cannot say."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "tracker"
TEMPLATES = CHECKOUT / "templates"

SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((CHECKOUT / "tests").rglob("*.py"))
BENCH = sorted((CHECKOUT / "bench").rglob("*.py"))
PAGES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.expr) -> str:
    """The expression `session.commit` as text, and `open_session().commit` as "?.commit"."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


@cache
def names_in(path: Path) -> list[tuple[int, str]]:
    """The dotted names that the code (not its comments and strings) names or imports, with their lines."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute | ast.Name):
            found.append((node.lineno, dotted(node)))
        elif isinstance(node, ast.ImportFrom):
            found.extend((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
    return found


def refuse(found: list[str], why: str) -> None:
    assert not found, why + "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("paths", "most"), [(SOURCES, 250), (TESTS, 400), (BENCH, 250)], ids=["tracker", "tests", "bench"]
)
def test_no_file_is_too_long_to_read_in_one_go(paths: list[Path], most: int) -> None:
    assert len(paths) > 3
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    found = [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > most]
    refuse(found, f"More than {most} lines: split by subject.")


def test_modules_are_named_after_a_subject() -> None:
    vague = re.compile(r"(^|_)(util|helper|manager|common|misc)s?(_|$)")
    refuse([name(path) for path in SOURCES if vague.search(path.stem)], "Say what it is about:")


@pytest.mark.parametrize(
    ("pattern", "allowed", "why"),
    [
        (
            r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|utcnow)$",
            ("tracker/clock.py",),
            "Ask tracker.clock what time it is, so that tests can answer:",
        ),
        (
            r"\bos\.(environb?|getenvb?)$",
            ("tracker/settings.py", "tracker/app.py", "tracker/cli", "tracker/db/postgresql.py"),
            "Only settings read the environment (and pg_dump is given ours):",
        ),
        (
            r"\.commit$",
            ("tracker/db/", "tracker/web/session.py", "tracker/cli"),
            "One transaction per request, opened in one place:",
        ),
    ],
    ids=["the clock", "the environment", "commit"],
)
def test_one_place_only(pattern: str, allowed: tuple[str, ...], why: str) -> None:
    elsewhere = [path for path in SOURCES if not name(path).startswith(allowed)]
    found = [(path, line) for path in elsewhere for line, named in names_in(path) if re.search(pattern, named)]
    refuse([f"{name(path)}:{line}" for path, line in found], why)


def assigned_statuses(path: Path) -> Iterator[str]:
    """Where an attribute `status` is set: by assignment, setattr or a statement's .values(status=…)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            found = node.attr == "status" and isinstance(node.ctx, ast.Store)
        elif isinstance(node, ast.Call) and dotted(node.func) == "setattr":
            found = any(isinstance(given, ast.Constant) and given.value == "status" for given in node.args)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith(".values"):
            found = "status" in {keyword.arg for keyword in node.keywords}
        else:
            continue
        if found:
            yield f"{name(path)}:{node.lineno}"


def test_a_status_changes_through_one_door() -> None:
    refuse(
        [found for path in SOURCES if name(path) != "tracker/services/derived.py" for found in assigned_statuses(path)],
        "Only services/derived.py sets a status:",
    )


def read_while_loaded(path: Path) -> list[str]:
    """Where a module reads the clock as it is imported: outside functions, in decorators and in defaults."""
    if not re.search(r"\b(now|today)\(", path.read_text(encoding="utf-8")):
        return []
    found, open_nodes = [], list[ast.AST](tree(path).body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            open_nodes += [*getattr(node, "decorator_list", []), node.args]
            continue
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in {"now", "today"}:
            found.append(f"{name(path)}:{node.lineno}")
        open_nodes += ast.iter_child_nodes(node)
    return found


def test_nothing_reads_the_clock_while_it_is_loaded() -> None:
    found = [line for path in (*SOURCES, *TESTS) for line in read_while_loaded(path)]
    refuse(found, "The day may change between loading and running: read the clock in a function.")


def test_nothing_is_left_for_later_in_a_comment() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    here = Path(__file__).resolve()
    refuse(
        [
            f"{name(path)}:{number}"
            for path in [*SOURCES, *TESTS, *PAGES, *sorted((CHECKOUT / "migrations").rglob("*.py"))]
            if path != here
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if later.search(line)
        ],
        "Do it now, or open an issue:",
    )


# --- templates ---

REFUSED = "The content security policy refuses it:"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"\|\s*safe\b", "Markup is made where it is escaped, in Python:"),
        (r"{%-?\s*autoescape\s+false", "Everything is escaped:"),
        (r"<script\b(?![^>]*\bsrc=)", REFUSED),
        (r'<style\b(?!>{{ stylesheets\["(site|card).css"\] }}</style>)', REFUSED),
        (r"<[^>]*\sstyle\s*=", REFUSED),
        (r"<[^>]*\son[a-z]+\s*=", REFUSED),
        (r"javascript:", REFUSED),
    ],
    ids=["safe", "autoescape", "script", "style element", "style", "handler", "javascript"],
)
def test_templates_hold_nothing_that_runs(pattern: str, why: str) -> None:
    found = [
        f"{name(path)}:{text.count(chr(10), 0, match.start()) + 1} {match[0][:60]!r}"
        for path in PAGES
        for text in [path.read_text(encoding="utf-8")]
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    refuse(found, why)


def templates_named_in_templates() -> dict[str, str]:
    """Template -> where it is extended, included or imported."""
    tag = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+([^%]*?)\s*-?%}", re.DOTALL)
    named = {}
    for path in PAGES:
        for match in tag.finditer(path.read_text(encoding="utf-8")):
            for template in re.findall(r"""["']([\w/.-]+\.\w+)["']""", match[1]):
                named[template] = name(path)
    return named


def templates_named_in_code() -> dict[str, str]:
    """Template -> module: any string that looks like a template's name, so a wrapper of render_template counts."""
    looks = re.compile(r"[\w/-]+\.(html|svg|xml|txt|atom)(\.j2)?")
    named = {}
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and looks.fullmatch(node.value):
                named[node.value] = name(path)
    return named


def test_every_template_is_used_and_every_template_that_is_named_exists() -> None:
    existing = {path.relative_to(TEMPLATES).as_posix() for path in PAGES}
    in_code, in_templates = templates_named_in_code(), templates_named_in_templates()
    assert sorted(existing - in_templates.keys() - in_code.keys()) == []
    rendered = {
        template: where
        for template, where in in_code.items()
        # robots.txt and the like may be addresses, and what is published are files
        if template.endswith(".html") and not where.startswith("tracker/publish/")
    }
    missing = [f"{where}: {named}" for named, where in (in_templates | rendered).items() if named not in existing]
    refuse(missing, "Named, but not there:")


# --- what is installed ---


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_name_no_place_to_fetch_from(lock: str) -> None:
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(i|f)\b|--(extra-)?index-url|--find-links|--trusted-host", text, re.MULTILINE)
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_development_lock_has_what_the_site_runs_with() -> None:
    """Tests that pass with other versions than the site has would prove nothing."""
    runtime, development = (
        set(re.findall(r"^[a-z0-9.-]+==\S+", (CHECKOUT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime - development == set()
