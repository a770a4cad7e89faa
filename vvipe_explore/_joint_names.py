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
H36M_16 = tuple(name for name in H36M_17 if name != "nose")
_LEGS = ("right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle")
_ARMS = ("right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist")
MPII_16 = (*_LEGS, "pelvis", "thorax", "upper_neck", "head_top", *_ARMS)
LSP_14 = (*_LEGS, *_ARMS, "neck", "head_top")
CROWDPOSE_14 = (*PAPER_13[1:], "head_top", "neck")
AIC_14 = (
    "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "head_top", "neck",
)  # fmt: skip
MPI_15 = (
    "head_top", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "chest",
)  # fmt: skip
POSETRACK_17 = ("nose", "head_bottom", "head_top", "left_ear", "right_ear", *PAPER_13[1:])
BODY_19 = BODY_25[:19]
BLAZEPOSE_33 = (
    "nose", *(f"{side}_eye{part}" for side in ("left", "right") for part in ("_inner", "", "_outer")),
    "left_ear", "right_ear", "left_mouth", "right_mouth", *PAPER_13[1:7],
    *(f"{side}_{finger}" for finger in ("pinky", "index", "thumb") for side in ("left", "right")),
    *PAPER_13[7:], "left_heel", "right_heel", "left_foot_index", "right_foot_index",
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
_FINGERS = tuple(f"{side}_finger_{i}" for side in ("left", "right") for i in range(1, 21))
BODY_135 = (*BODY_25B, *_FINGERS, *(f"face_{i}" for i in range(70)))
SKELETONS = {
    "paper_13": PAPER_13, "coco_17": COCO_17, "coco_18": COCO_18, "body_25": BODY_25, "body_25b": BODY_25B,
    "halpe_26": HALPE_26, "h36m_17": H36M_17, "mpi_28": MPI_28, "h36m_16": H36M_16, "mpii_16": MPII_16,
    "lsp_14": LSP_14, "crowdpose_14": CROWDPOSE_14, "aic_14": AIC_14, "mpi_15": MPI_15, "posetrack_17": POSETRACK_17,
    "body_19": BODY_19, "blazepose_33": BLAZEPOSE_33,
}  # fmt: skip
WHOLE_BODY = {"halpe_136": HALPE_136, "coco_133": COCO_133, "body_135": BODY_135}
"""With points of the face and the hands, numbered."""


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
