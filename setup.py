"""Make README's links absolute for package indexes; everything else stands in pyproject.toml."""

import re
import tomllib
from pathlib import Path

from setuptools import setup

ADDRESS = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]


def absolute(link: re.Match) -> str:
    """Lead a relative link to the repository: a picture to its file, another link to its page."""
    picture, label, target = link.groups()
    place = "" if "://" in target else f"{ADDRESS}/{'raw' if picture else 'blob'}/main/"
    return f"{picture}[{label}]({place}{target})"


setup(
    long_description=re.sub(r"(!?)\[([^\]]*)\]\(([^)]+)\)", absolute, Path("README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
)
