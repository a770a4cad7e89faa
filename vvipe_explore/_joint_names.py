"""The joints of each known skeleton, in order: names only, so that a reader of files need not import torch.

`skeleton` exports them; import them from there.
"""

from collections.abc import Sequence

PAPER_13 = (
    "nose", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

_EYES_EARS = ("left_eye", "right_eye", "left_ear", "right_ear")
_FEET = ("left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel")
COCO_17 = (PAPER_13[0], *_EYES_EARS, *PAPER_13[1:])
BODY_25B = (*COCO_17, "neck", "head_top", *_FEET)
HALPE_26 = (
    *COCO_17, "head_top", "neck", "pelvis",
    "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe", "left_heel", "right_heel",
)  # fmt: skip
COCO_18 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
BODY_25 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear", *_FEET,
)  # fmt: skip
H36M_17 = (
    "pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "spine", "thorax", "nose", "head_top", "left_shoulder", "left_elbow", "left_wrist",
    "right_shoulder", "right_elbow", "right_wrist",
)  # fmt: skip
_MPI_ARM, _MPI_LEG = ("clavicle", "shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "foot", "toe")
MPI_28 = (
    "spine3", "spine4", "spine2", "spine", "pelvis", "neck", "head", "head_top",
    *(f"{side}_{joint}" for limb in (_MPI_ARM, _MPI_LEG) for side in ("left", "right") for joint in limb),
)
_FACE_AND_HANDS = (
    *(f"face_{i}" for i in range(68)), *(f"{side}_hand_{i}" for side in ("left", "right") for i in range(21)),
)  # fmt: skip
HALPE_136 = (*HALPE_26, *_FACE_AND_HANDS)
COCO_133 = (*COCO_17, *_FEET, *_FACE_AND_HANDS)
SKELETONS = {
    "paper_13": PAPER_13, "coco_17": COCO_17, "coco_18": COCO_18, "body_25": BODY_25, "body_25b": BODY_25B,
    "halpe_26": HALPE_26, "h36m_17": H36M_17, "mpi_28": MPI_28,
}  # fmt: skip
WHOLE_BODY = {"halpe_136": HALPE_136, "coco_133": COCO_133}
"""With 68 points of the face and 21 of each hand, numbered."""


def names_of(skeleton: str | Sequence[str]) -> tuple[str, ...]:
    """Give a skeleton's joint names; skeleton: a name in SKELETONS or WHOLE_BODY, or a list of joint names."""
    if isinstance(skeleton, str):
        key = skeleton.lower().replace("-", "_")
        known = SKELETONS | WHOLE_BODY
        if key not in known:
            names = ", ".join([*sorted(SKELETONS), *WHOLE_BODY])
            raise ValueError(
                f"unknown skeleton {skeleton!r}; expected one of {names}, or a list of joint names (spelled as in "
                "skeleton.PAPER_13; any name for the others)."
            )
        return known[key]
    return tuple(str(name) for name in skeleton)
