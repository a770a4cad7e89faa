"""Where data comes from: folders found by name, and downloads by the registry's addresses and SHA-256."""

import json
import os
import re
from functools import cache
from itertools import product
from pathlib import Path, PurePosixPath
from urllib.parse import quote

LICENSED = {
    "h36m": ("data_3d_h36m.npz",),
    "mpi_inf_3dhp": tuple(f"S{subject}/Seq{part}/annot.mat" for subject in range(1, 9) for part in (1, 2)),
}
"""The files of the data sets that need a licence; the registry has those of the others."""


def data_file(name: str) -> Path:
    """Find a file that comes with the software: in data/ of a checkout, in the package's data/ where installed."""
    package = Path(__file__).parents[1]
    installed = package / "data" / name
    return installed if installed.exists() else package.parent / "data" / name


@cache
def registry() -> dict:
    """Read data/registry.json: addresses and SHA-256 of downloads, and facts about them."""
    entries = json.loads(data_file("registry.json").read_text())
    return {name: _listed(entry) if "each" in entry else entry for name, entry in entries.items()}


def _listed(entry: dict) -> dict:
    """Add "files", and "thinned" where the entry has it, as its rule "each" makes them.

    The rule: a name with numbers from 1 to counts, without some; paths with {} for the name; the address before them.
    """
    rule = entry["each"]
    numbers = product(*(range(1, most + 1) for most in rule["counts"]))
    names = [name for n in numbers if not (name := rule["name"].format(*n)).startswith(tuple(rule["without"]))]
    files, thinned = ([path.format(name) for path in rule[key] for name in names] for key in ("paths", "thinned"))
    return entry | {"files": {path: {"url": rule["url"] + quote(path)} for path in files}, "thinned": thinned}


def index(name: str) -> dict:
    """Give one entry of the registry."""
    return registry()[name]


def download_folder() -> Path:
    """Give the folder for downloads: VVIPE_CACHE, else the user's cache folder."""
    import pooch

    return Path(os.environ.get("VVIPE_CACHE") or pooch.os_cache("vvipe-explore"))


def data_folder(name: str, root=None) -> Path:
    """Find the folder of the data set called name, such as "cmu-mocap".

    root: the data set's folder, or the one that holds it; None: VVIPE_DATA, then the download folder.
    Raises ValueError that lists the folders tried and says how to get the data.
    """
    if root is not None:
        places = [Path(root) / name, Path(root)]
    else:
        given = os.environ.get("VVIPE_DATA")
        places = [*([Path(given) / name] if given else []), download_folder() / name]
    for place in places:
        if place.is_dir():
            return place
    command = {"cmu-mocap": "cmu"}.get(name, name)
    fetch = f"fetch it with: vvipe data fetch {command}" if name in registry() else "pass root="
    raise ValueError(
        f"the data set {name} was not found (expected one of the folders {', '.join(map(str, places))}); "
        f"set VVIPE_DATA to the folder that holds {name}, or {fetch}."
    )


def fetch(name: str, progress: bool = True) -> Path:
    """Download a data set file by file and check each SHA-256; a whole file that is already there is not fetched again.

    So a stopped download resumes with the same call. A whole file may be a link; a link to a damaged file is replaced
    by the file. Where the registry has no SHA-256 of a file, the first fetch notes it in sha256.json beside the files,
    and every later one checks it. Raises ValueError if the network or a hash fails, or if a folder in the data set's
    folder is a link that leads out of it: nothing is written through links.
    """
    import pooch
    from tqdm.auto import tqdm

    from .._files import sha256, write_json

    pooch.get_logger().setLevel("WARNING")   # the bar tells what it says of each file
    entry = index(name)
    folder = download_folder() / name
    files, noted = entry["files"], _noted(folder)
    for path, source in tqdm(files.items(), desc=f"fetching {name}", unit="file", disable=not progress):
        target = folder / path
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ValueError(f"expected a path below {folder} in the registry, got {path!r}; reinstall the package.")
        known = source.get("sha256") or noted.get(path)
        if known and _is_whole(target, known):
            continue
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{target.parent} is a link that leads out of {folder}; remove it to fetch {path} there.")
        try:
            pooch.retrieve(
                source["url"], known and f"sha256:{known}", fname=target.name, path=target.parent, progressbar=False
            )
        except Exception as error:  # requests, sockets and hashes fail in many ways; the remedy is the same
            reason = " ".join(str(error).split())[:160]
            raise ValueError(
                f"{path} of {name} could not be fetched ({reason}). Check the network and rerun the command to resume, "
                f"or copy the files to {folder} by hand."
            ) from None
        if known is None:
            noted[path] = sha256(target)
            write_json(folder / "sha256.json", noted)
    return folder


def count_whole(name: str, folder: Path) -> tuple[int, int]:
    """Count the files of a data set that are whole in folder, and those that it has.

    A file is whole if its SHA-256 is as the registry or the first fetch says; where neither says it, if it is there.
    Of a data set that may be there thinned out, the files that more are there of are counted.
    """
    if name in LICENSED:
        lists = [dict.fromkeys(LICENSED[name])]
    else:
        noted, entry = _noted(folder), index(name)
        lists = [{path: source.get("sha256") or noted.get(path) for path, source in entry["files"].items()}]
        lists += [dict.fromkeys(entry["thinned"])] if "thinned" in entry else []
    counts = [(sum(_is_whole(folder / path, known) for path, known in files.items()), len(files)) for files in lists]
    return max(counts)


def _is_whole(file: Path, known: str | None) -> bool:
    from .._files import sha256

    return file.is_file() and file.stat().st_size > 0 and (known is None or sha256(file) == known)


def _noted(folder: Path) -> dict:
    """Read the SHA-256 that first fetches noted: {path: hexadecimal}. Raises ValueError if the note is damaged."""
    note = folder / "sha256.json"
    if not note.is_file():
        return {}
    try:
        found = json.loads(note.read_text()) if note.stat().st_size < 2**20 else None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(re.fullmatch("[0-9a-f]{64}", str(v)) for v in found.values()):
        raise ValueError(f"{note} is damaged; remove the folder {folder} and fetch it again.")
    return found
