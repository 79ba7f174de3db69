"""The wheel holds everything that the site needs, and runs from any folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDERS = ("templates", "migrations", "seeds", "docs/guide")
SCRIPT = "docs/verify_log.py"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What the program said; fails with that when it ends badly. It sees none of the caller's settings."""
    settings = {"PATH": os.environ["PATH"], "HOME": str(cwd), **environment}
    done = subprocess.run(command, cwd=cwd, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{said}"
    return said


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """The files under version control: what a clean clone has."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("NOT TESTED: the wheel, for want of a git checkout")
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=CHECKOUT, text=True).split("\0")
    return [path for path in listed if path and (CHECKOUT / path).is_file()]


@pytest.fixture(scope="module")
def wheel(tracked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = tmp_path_factory.mktemp("clone")
    for path in tracked:
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / path, clone / path)
    # As after a day's work: what is ignored must not be shipped.
    (clone / "seeds").mkdir(exist_ok=True)
    (clone / "seeds/private.sqlite3").touch()
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", cwd=clone)
    (built,) = (clone / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel in it, and the libraries of this one."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment.parent)
    python = environment / "bin/python"
    run(
        sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check",
        "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=environment.parent,
    )  # fmt: skip
    # A .pth file inside a folder that a .pth file names is not read, so the checkout (an editable install
    # beside these libraries) stays out of reach.
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


def test_the_wheel_has_every_template_migration_and_seed_and_nothing_else(wheel: Path, tracked: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    inside = {f"tracker/{path}" for path in tracked if path.startswith(tuple(f"{it}/" for it in FOLDERS))}
    inside.add(f"tracker/{SCRIPT}")
    package = {path for path in tracked if path.startswith("tracker/")}
    assert all(any(path.startswith(f"tracker/{folder}/") for path in inside) for folder in FOLDERS)
    assert {path for path in shipped if ".dist-info/" not in path} == inside | package


def test_the_installed_program_runs_from_any_folder_and_hands_out_the_script_that_checks_a_log(
    installed: Path, tmp_path: Path
) -> None:
    where = run(installed / "python", "-c", "import tracker; print(tracker.__file__)", cwd=tmp_path)
    assert str(installed.parent) in where
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3", "SECRET_KEY": os.urandom(32).hex()}
    run(installed / "tracker", "db", "upgrade", cwd=tmp_path, **settings)
    run(installed / "tracker", "seed", "--if-empty", cwd=tmp_path, **settings)
    assert (tmp_path / "site.sqlite3").stat().st_size > 0
    assert run(installed / "tracker", "log", "script", cwd=tmp_path) == (CHECKOUT / SCRIPT).read_text()
