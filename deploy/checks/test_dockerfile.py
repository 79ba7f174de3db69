"""The steps of the Dockerfile, run in empty folders, since there need be no Docker where this runs."""

import json
import re
import shutil
from pathlib import Path

from deploy.checks.machine import Machine, clone
from tests.cli.commands import SECRET
from tests.deployed import checked, running
from tests.engines import free_port

# What belongs to the image's own system, and is looked up rather than done.
OF_THE_SYSTEM = ("apt-get", "useradd")


def steps(text: str) -> list[tuple[str, str]]:
    """Return the instructions and what each is given."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_steps_make_a_tracker_that_starts(tmp_path: Path) -> None:
    code = clone(tmp_path / "code")
    allowed = re.findall(r"^!(.+)$", (code / "deploy/container/Dockerfile.dockerignore").read_text(), re.MULTILINE)
    image = Machine(tmp_path / "image")
    build = image.root / "build"
    build.mkdir()
    given = {}
    for instruction, text in steps((code / "deploy/container/Dockerfile").read_text()):
        if instruction == "RUN" and not text.startswith(OF_THE_SYSTEM):
            image.run(text.replace("python -m venv", "python3 -m venv"), build)
        elif instruction == "COPY" and not text.startswith("--from"):
            *names, target = text.split()
            for name in names:
                assert any(name == it or name.startswith(f"{it}/") for it in allowed), name
                there = build / (Path(name).name if target == "./" else target)
                there.parent.mkdir(exist_ok=True)
                (shutil.copytree if (code / name).is_dir() else shutil.copyfile)(code / name, there)
        else:
            given[instruction] = text
    assert given["USER"] == "tracker"
    assert given["COPY"] == "--from=build /opt/tracker /opt/tracker"
    assert not (image.root / "opt/tracker/bin/pip").exists()
    assert not [*(image.root / "opt/tracker").rglob("hatchling")]

    (image.root / "srv/tracker").mkdir()
    port = free_port()
    settings = {"SECRET_KEY": SECRET, "PORT": str(port), "PATH": f"{image.root}/opt/tracker/bin:/usr/bin:/bin"}
    settings["DATABASE_URL"] = f"sqlite:///{tmp_path}/site.sqlite3"
    program = str(image.root / "opt/tracker/bin" / json.loads(given["ENTRYPOINT"])[0])
    checked(program, "db", "upgrade", **settings)
    with running((program, *json.loads(given["CMD"])), port, settings):
        python, *probe = json.loads(given["HEALTHCHECK"].partition("CMD ")[2])
        checked(image.root / "opt/tracker/bin" / python, *(word.replace("8000", str(port)) for word in probe))
