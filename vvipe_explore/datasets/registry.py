"""Where data comes from: folders found by name, and downloads by the registry's addresses and SHA-256."""

import json
import os
from functools import cache
from pathlib import Path


def data_file(name: str) -> Path:
    """A file that comes with the software: in data/ of a checkout, in the package's data/ once installed."""
    package = Path(__file__).parents[1]
    installed = package / "data" / name
    return installed if installed.exists() else package.parent / "data" / name


@cache
def registry() -> dict:
    """All of data/registry.json: addresses and SHA-256 of downloads, and facts about them."""
    return json.loads(data_file("registry.json").read_text())


def index(name: str) -> dict:
    """One entry of the registry."""
    return registry()[name]


def download_folder() -> Path:
    """Where downloads go: VVIPE_CACHE, else the user's cache folder."""
    import pooch

    return Path(os.environ.get("VVIPE_CACHE") or pooch.os_cache("vvipe-explore"))


def data_folder(name: str, root=None) -> Path:
    """Find the folder of the data set called name, such as "cmu-mocap".

    root: the data set's folder, or the one that holds it; None: VVIPE_DATA, then the download folder.
    Raises ValueError that says where was looked and how to get the data.
    """
    if root is not None:
        places = [Path(root) / name, Path(root)]
    else:
        given = os.environ.get("VVIPE_DATA")
        places = [*([Path(given) / name] if given else []), download_folder() / name]
    for place in places:
        if place.is_dir():
            return place
    looked = ", ".join(str(place) for place in places)
    known = name in registry()
    fetch = f"or fetch it with: vvipe data fetch {name.split('-')[0]}" if known else "or pass root="
    raise ValueError(
        f"the data set {name} was not found (looked for the folders {looked}). "
        f"Set VVIPE_DATA to the folder that holds {name}, {fetch}."
    )


def fetch(name: str, progress: bool = True) -> Path:
    """Download a data set file by file and check each SHA-256; what is there already and whole is not fetched again.

    So a stopped download goes on where it was. Raises ValueError if the network or a hash fails.
    """
    import pooch
    from tqdm.auto import tqdm

    entry = index(name)
    folder = download_folder() / name
    files = entry["files"]
    for path, source in tqdm(files.items(), desc=f"fetching {name}", unit="file", disable=not progress):
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"the registry's path {path!r} leads out of {folder}; install the package again.")
        try:
            pooch.retrieve(
                source["url"], f"sha256:{source['sha256']}", fname=target.name, path=target.parent, progressbar=False
            )
        except Exception as error:  # requests, sockets and hashes fail in many ways; the remedy is the same
            reason = " ".join(str(error).split())[:160]
            raise ValueError(
                f"{path} of {name} could not be fetched ({reason}). Check the network and run the same command again: "
                f"it goes on where it stopped. Or copy the files to {folder} by hand."
            ) from None
    return folder
