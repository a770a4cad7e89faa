"""Notice what can't be true of keypoints, mend it where that is safe, and say so.

Coordinates that are parts of the picture's size become pixels, confidence in per cent becomes parts of 1, and a y that
runs upwards is turned. Each function gives the sentences for the user; an error says the remedy, for the command too.
"""

import numpy as np

from .proportions import log_aspect

SAMPLE = 5000
"""At most this many people are looked at, evenly over the file."""
SQUARE = 1000.0
"""Pixels of the side of a picture of which nothing is known but that its sides are alike."""
FEW = 10
"""With fewer people than this nothing is turned, and nobody is said to lie: a picture may show a handstand."""
NOT_SQUARE, NOT_THIS_SIZE = 0.15, 0.7
"""Logarithms of width over height, from the bodies' proportions: ln(4 / 3) = 0.29 is noticed mostly, ln(16 / 9) = 0.58
nearly always. Someone who stands still, seen from the side, looks squeezed by as much: so a size is doubted later."""


def spread_sample(n: int) -> np.ndarray:
    """Give at most SAMPLE of n places, evenly spread."""
    return np.linspace(0, n - 1, min(n, SAMPLE)).astype(int)


def scale_confidence(confidence: np.ndarray) -> list[str]:
    """Bring confidence (n, k) into [0, 1], in place: divide per cent and other ranges, clip what is little above.

    COCO's visibility 1, 2 becomes 1.
    """
    looked = confidence[spread_sample(len(confidence))]
    looked = looked[looked > 0]
    said = []
    if len(looked) and np.median(looked) > 1.2 and not np.isin(looked, (1, 2)).all():
        top = float(looked.max())
        unit = 100.0 if 20 < top <= 100 else 255.0 if 100 < top <= 255 else float(np.percentile(looked, 99))
        confidence /= unit
        said.append(f"its confidence goes up to {top:.4g}, so it was divided by {unit:.4g}")
    np.clip(confidence, 0, 1, out=confidence)
    return said


def parts_of_a_picture(keypoints: np.ndarray, confidence: np.ndarray) -> str:
    """Tell what x and y of keypoints (n, k, 2) are: "0..1" or "-1..1" of the picture's sides, or "pixels"."""
    rows = spread_sample(len(keypoints))
    points, seen = keypoints[rows], confidence[rows] > 0
    values = points[seen]
    if not len(values):
        return "pixels"
    near = (np.abs(values) <= 2).all(axis=1)
    high = np.where(seen[..., None], points, -np.inf).max(axis=1)
    low = np.where(seen[..., None], points, np.inf).min(axis=1)
    if near.mean() < 0.98 or not np.median((high - low).max(axis=1)) > 1e-3 or (values == np.rint(values)).all():
        return "pixels"
    return "-1..1" if (values < -0.02).any(axis=1).mean() > 0.1 else "0..1"


def mend_places(keypoints, confidence, names, about, sizes, given: bool) -> list[str]:
    """Turn keypoints (n, k, 2) into pixels, in place, where they are parts of the picture or y runs upwards.

    names: the joints. about: what the file says of itself. sizes (n, 2): each row's width and height in pixels, NaN
    where unknown, or None; given: whether the caller gave them.
    Raises ValueError if the size is needed and unknown, and the bodies show that the picture is no square.
    """
    if not len(keypoints):
        return []
    kind = parts_of_a_picture(keypoints, confidence)
    kind = "0..1" if kind == "pixels" and about.unit == "picture" else kind
    finite = np.isfinite(sizes) if sizes is not None else np.zeros(1, bool)
    known = sizes if sizes is not None and finite.all() else None
    heights = {"0..1": np.ones(1), "-1..1": np.zeros(1)}.get(kind, None if known is None else known[:, 1])
    said = turn_upright(keypoints, confidence, names, heights)
    if kind == "pixels":
        return said + _beyond(keypoints, confidence, known) if given and known is not None else said
    if known is None and finite.any():
        raise ValueError(f"x and y are parts of the picture, and some pictures have no size; {REMEDY}")
    if known is None:
        said.append(_as_square(keypoints, confidence, names, kind, about))
        known = np.full((1, 2), SQUARE)
    return said + _to_pixels(keypoints, confidence, names, kind, known)


def _to_pixels(keypoints, confidence, names, kind: str, sizes: np.ndarray) -> list[str]:
    """Multiply by sizes (n, 2) or (1, 2), in place; say so where people look squeezed then, or both axes had one unit.

    -1..1 is written in two ways: each axis from -1 to 1, as OpenPose does, or x from -1 to 1 and y in the same unit
    (VideoPose3D). Where the picture is no square, the people's proportions tell.
    """
    rows, said = spread_sample(len(keypoints)), []
    (width, height), unit = sizes[0], sizes
    if kind == "-1..1":
        aspect, bodies = log_aspect(keypoints, confidence, names, rows)
        if bodies >= FEW and abs(aspect) < abs(aspect - np.log(width / height)) - 0.1:
            unit = sizes[:, :1]
            said.append(f"x and y (-1..1) have one unit, half of the picture's width of {width:g} pixels")
        keypoints *= np.asarray(unit / 2, keypoints.dtype)[:, None]
        keypoints += np.asarray(sizes / 2, keypoints.dtype)[:, None]
    else:
        keypoints *= np.asarray(sizes, keypoints.dtype)[:, None]
    keypoints[confidence <= 0] = 0
    aspect, bodies = log_aspect(keypoints, confidence, names, rows)
    if bodies >= FEW and abs(aspect) > NOT_THIS_SIZE and len(sizes) > 1:
        thin = "narrow" if aspect > 0 else "wide"
        said.append(f"in pictures of {width:g} x {height:g} pixels its people are too {thin}; check the size")
    return said


REMEDY = "pass it: size=(1920, 1080), on the command line --size 1920x1080"


def _as_square(keypoints, confidence, names, kind: str, about) -> str:
    """Say that pictures are taken as square. Raises ValueError if the bodies, or the tool, say that they are not."""
    tool = f", {about.tool}" if about.tool else ""
    what = f"x and y are parts of the picture ({kind}{tool}) and its size is unknown"
    aspect, bodies = log_aspect(keypoints, confidence, names, spread_sample(len(keypoints)))
    if bodies and abs(aspect) > NOT_SQUARE + 0.25 / np.sqrt(bodies):
        than = "wider than high" if aspect > 0 else "higher than wide"
        raise ValueError(f"{what}; its people look as if it were {np.exp(abs(aspect)):.1f} times {than}; {REMEDY}")
    if about.unit == "picture" and "YOLO" in about.tool:
        raise ValueError(f"{what}; {REMEDY}")
    return f"{what}; it is taken as square, {SQUARE:g} x {SQUARE:g} pixels. If it is not, {REMEDY}"


def _beyond(keypoints: np.ndarray, confidence: np.ndarray, sizes: np.ndarray) -> list[str]:
    """Say so where points in pixels lie outside the size (n, 2) that was given."""
    rows = spread_sample(len(keypoints))
    seen = confidence[rows] > 0
    outside = np.any(keypoints[rows] > 1.2 * sizes[rows][:, None], axis=-1)[seen]
    if not len(outside) or outside.mean() < 0.1:
        return []
    width, height = sizes[0]
    return [f"{outside.mean():.0%} of its points lie outside of pictures of {width:g} x {height:g} pixels"]


def turn_upright(keypoints: np.ndarray, confidence: np.ndarray, names, heights) -> list[str]:
    """Turn y, in place, where most people stand on their heads; say so, and where most people lie.

    heights (n,) or (1,): the sum of a y and its turned one, in the keypoints' unit, such as the pictures' heights, or
    None. People on their hands are not turned, nor are FEW people.
    """
    place = {name: i for i, name in enumerate(names)}
    torso = [place.get(f"{side}_{joint}", -1) for joint in ("shoulder", "hip") for side in ("left", "right")]
    if min(torso) < 0:
        return []
    rows = spread_sample(len(keypoints))
    rows = rows[(confidence[rows][:, torso] > 0).all(axis=1)]
    ends = keypoints[rows][:, torso].astype(np.float64).reshape(-1, 2, 2, 2).mean(axis=2)
    down = ends[:, 1] - ends[:, 0]  # from the shoulders to the hips
    upside, lies = -down[:, 1] > np.abs(down[:, 0]), np.abs(down[:, 0]) >= np.abs(down[:, 1])
    of = f"of {len(rows):,} people looked at"
    if len(rows) >= FEW and lies.mean() >= 0.8:
        return [f"{lies.sum():,} {of} lie; if they stood, the pictures were turned by a quarter, or y stands before x"]
    if not len(rows) or upside.mean() <= 0.5:
        return []
    stand = f"{upside.sum():,} {of} stand on their heads"
    if len(rows) < FEW or _on_hands(keypoints[rows[upside]], confidence[rows[upside]], place):
        return [f"{stand}; if they do not, turn y: it has to run downwards"]
    seen = confidence > 0
    if heights is not None and np.isfinite(heights).all():
        turned = np.asarray(heights, keypoints.dtype)[:, None] - keypoints[..., 1]
    else:
        y = keypoints[..., 1][seen]
        turned = (0 if np.mean(y < 0) > 0.9 else y.max() + y.min()) - keypoints[..., 1]
    keypoints[..., 1] = np.where(seen, turned, 0)
    return [f"{stand}, so y was taken to run upwards and turned; if the pictures are upside down, turn them instead"]


def _on_hands(keypoints: np.ndarray, confidence: np.ndarray, place: dict) -> bool:
    """Tell whether people who are upside down mostly have a wrist lower in the picture than their nose."""
    nose, *wrists = (place.get(name, -1) for name in ("nose", "left_wrist", "right_wrist"))
    if min(nose, *wrists) < 0:
        return False
    seen = (confidence[:, [nose, *wrists]] > 0).all(axis=1)
    lower = keypoints[:, wrists, 1].max(axis=1) > keypoints[:, nose, 1]
    return bool(seen.any() and lower[seen].mean() > 0.5)
