"""Joints told by their names: the skeletons of many tools, and maps for the others."""

import json

import numpy as np
import pytest

from vvipe_explore.datasets.joint_maps import place_joints, read_joint_map, unknown_skeleton
from vvipe_explore.datasets.joint_rules import recognise, with_head_by_place
from vvipe_explore.datasets.joint_words import side_of, take_apart
from vvipe_explore.datasets.raw_motion import RawMotion
from vvipe_explore.skeleton import PAPER_13

ARM_AND_LEG = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")

# How a tool writes left and right; then the names of shoulder, elbow, wrist, hip, knee and ankle on a side, the head
# (or nose, or both eyes), and others that must not be taken.
TOOLS = {
    "Mixamo": (("Left", "Right"), "mixamorig:{}Arm mixamorig:{}ForeArm mixamorig:{}Hand mixamorig:{}UpLeg "
               "mixamorig:{}Leg mixamorig:{}Foot", "mixamorig:Head", "mixamorig:{}Shoulder mixamorig:{}HandIndex1"),
    "a scene's seventh": (("Left", "Right"), "mixamorig7:{}Arm mixamorig7:{}ForeArm mixamorig7:{}Hand "
                          "mixamorig7:{}UpLeg mixamorig7:{}Leg mixamorig7:{}Foot", "mixamorig7:Head",
                          "mixamorig7:Neck"),
    "MotionBuilder": (("Left", "Right"), "Actor_01:{}Arm Actor_01:{}ForeArm Actor_01:{}Hand Actor_01:{}UpLeg "
                      "Actor_01:{}Leg Actor_01:{}Foot", "Actor_01:Head", "Actor_01:{}Shoulder Actor_01:{}ForeArmRoll"),
    "Unity": (("Left", "Right"), "{}UpperArm {}LowerArm {}Hand {}UpperLeg {}LowerLeg {}Foot", "Head", "{}Shoulder"),
    "VRM": ("LR", "J_Bip_{}_UpperArm J_Bip_{}_LowerArm J_Bip_{}_Hand J_Bip_{}_UpperLeg J_Bip_{}_LowerLeg J_Bip_{}_Foot",
            "J_Adj_L_FaceEye J_Adj_R_FaceEye", "J_Bip_{}_Shoulder J_Bip_C_Head J_Bip_C_Neck"),
    "Unreal": ("lr", "upperarm_{} lowerarm_{} hand_{} thigh_{} calf_{} foot_{}", "head",
               "clavicle_{} upperarm_twist_01_{} ik_hand_{} ik_foot_{} ball_{} neck_01"),
    "Rigify": ("LR", "upper_arm.{} forearm.{} hand.{} thigh.{} shin.{} foot.{}", "head", "shoulder.{} toe.{}"),
    "Rigify's deform bones": ("LR", "DEF-upper_arm.{} DEF-forearm.{} DEF-hand.{} DEF-thigh.{} DEF-shin.{} DEF-foot.{}",
                              "DEF-head", "DEF-shoulder.{} DEF-upper_arm.{}.001 ORG-hand.{} ORG-thigh.{} ORG-foot.{}"),
    "Azure Kinect": (("LEFT", "RIGHT"), "SHOULDER_{} ELBOW_{} WRIST_{} HIP_{} KNEE_{} ANKLE_{}", "NOSE",
                     "CLAVICLE_{} HAND_{} HANDTIP_{} FOOT_{} EYE_{} EAR_{} HEAD"),
    "SMPL": ("LR", "{}_Shoulder {}_Elbow {}_Wrist {}_Hip {}_Knee {}_Ankle", "Head", "{}_Collar {}_Hand {}_Foot Neck"),
    "SMPL-X": (("left", "right"), "{}_shoulder {}_elbow {}_wrist {}_hip {}_knee {}_ankle",
               "left_eye_smplhf right_eye_smplhf", "{}_collar {}_foot {}_index1 head"),
    "Biovision": (("Left", "Right"), "{}UpArm {}LowArm {}Hand {}UpLeg {}LowLeg {}Foot", "Head", "{}Collar {}Toe"),
    "Xsens": (("Left", "Right"), "{}Shoulder {}Elbow {}Wrist {}Hip {}Knee {}Ankle", "Head", "{}Collar {}Toe"),
    "Daz": ("lr", "{}Shldr {}ForeArm {}Hand {}Thigh {}Shin {}Foot", "leftEye rightEye", "{}Collar {}Buttock head"),
    "Daz without eyes": ("lr", "{}Shldr {}ForeArm {}Hand {}Thigh {}Shin {}Foot", "head", "{}Collar {}Toe hip"),
    "Genesis": ("lr", "{}ShldrBend {}ForearmBend {}Hand {}ThighBend {}Shin {}Foot", "lEye rEye",
                "{}ShldrTwist {}ForearmTwist {}ThighTwist"),
    "ASF": ("lr", "{}humerus {}radius {}hand {}femur {}tibia {}foot", "head",
            "{}clavicle {}wrist {}fingers {}hipjoint {}toes upperneck"),
    "3ds Max Biped": ("LR", "Bip01 {} UpperArm;Bip01 {} Forearm;Bip01 {} Hand;"
                      "Bip01 {} Thigh;Bip01 {} Calf;Bip01 {} Foot",
                      "Bip01 Head;", "Bip01 {} Clavicle;Bip01 {} Toe0;Bip01 HeadNub;Bip01"),
    "Source": ("LR", "ValveBiped.Bip01_{}_UpperArm ValveBiped.Bip01_{}_Forearm ValveBiped.Bip01_{}_Hand "
               "ValveBiped.Bip01_{}_Thigh ValveBiped.Bip01_{}_Calf ValveBiped.Bip01_{}_Foot", "ValveBiped.Bip01_Head1",
               "ValveBiped.Bip01_{}_Clavicle"),
    "Rokoko": (("Left", "Right"), "{}Arm {}ForeArm {}Hand {}Thigh {}Shin {}Foot", "Head", "{}Shoulder {}ToeBase"),
    "cgspeed's CMU": (("Left", "Right"), "{}Arm {}ForeArm {}Hand {}UpLeg {}Leg {}Foot", "Head",
                      "LHipJoint RHipJoint {}Shoulder {}FingerBase LThumb"),
    "OpenPose's points": ("LR", "{}Shoulder {}Elbow {}Wrist {}Hip {}Knee {}Ankle", "Nose", "{}BigToe {}Heel Neck Head"),
    "Motive": ("LR", "Bob:{}UArm Bob:{}FArm Bob:{}Hand Bob:{}Thigh Bob:{}Shin Bob:{}Foot", "Bob:Head",
               "Bob:{}Shoulder"),
    "iPi": ("LR", "{}Shoulder {}Forearm {}Hand {}Thigh {}Shin {}Foot", "Head", "{}Clavicle"),
    "MakeHuman": ("LR", "upperarm01.{} lowerarm01.{} wrist.{} upperleg01.{} lowerleg01.{} foot.{}", "eye.L eye.R",
                  "clavicle.{} shoulder01.{} upperarm02.{} lowerleg02.{} head"),
    "ARKit": (("left", "right"), "{}_arm_joint {}_forearm_joint {}_hand_joint {}_upLeg_joint {}_leg_joint "
              "{}_foot_joint",
              "left_eye_joint right_eye_joint", "{}_shoulder_1_joint {}_handIndex_1_joint head_joint"),
    "Second Life": (("Left", "Right"), "mShoulder{} mElbow{} mWrist{} mHip{} mKnee{} mAnkle{}", "mHead", "mCollar{}"),
    "Advanced Skeleton": ("LR", "Shoulder_{} Elbow_{} Wrist_{} Hip_{} Knee_{} Ankle_{}", "Head_M", "Scapula_{} Neck_M"),
    "Character Creator": ("LR", "CC_Base_{}_Upperarm CC_Base_{}_Forearm CC_Base_{}_Hand CC_Base_{}_Thigh "
                          "CC_Base_{}_Calf CC_Base_{}_Foot", "CC_Base_L_Eye CC_Base_R_Eye", "CC_Base_{}_Clavicle"),
    "all in small letters": (("left", "right"), "{}arm {}forearm {}hand {}upleg {}leg {}foot", "head", "{}shoulder"),
    "MikuMikuDance": ("左右", "{}腕 {}ひじ {}手首 {}足 {}ひざ {}足首", "左目 右目", "{}肩 {}足IK 頭"),
    "three.js": (("Left", "Right"), "mixamorig{}Arm mixamorig{}ForeArm mixamorig{}Hand mixamorig{}UpLeg mixamorig{}Leg "
                 "mixamorig{}Foot", "mixamorigHead", "mixamorig{}Shoulder"),
    "paths": ("LR", "Rig/hip/chest/upper_arm_{} Rig/hip/chest/forearm_{} Rig/hip/chest/hand_{} Rig/hip/thigh_{} "
              "Rig/hip/shin_{} Rig/hip/foot_{}", "Rig/hip/chest/neck/head", "Rig/hip/chest/shoulder_{}"),
    "ours": (("left", "right"), "{}_shoulder {}_elbow {}_wrist {}_hip {}_knee {}_ankle", "nose", "neck left_eye"),
}  # fmt: skip


def split(text):
    return [word for word in (text.split(";") if ";" in text else text.split()) if word]


def names_of(tool):
    """Give a tool's names in an order in which what is wanted comes last, and the map that is expected."""
    sides, limbs, face, others = TOOLS[tool]
    expected = {"nose": tuple(split(face))}
    for side, word in zip(("left", "right"), sides, strict=True):
        for joint, name in zip(ARM_AND_LEG, split(limbs), strict=True):
            expected[f"{side}_{joint}"] = (name.format(word),)
    more = [name.format(word) for name in split(others) for word in (sides if "{}" in name else ("",))]
    return [*more, *(name for names in expected.values() for name in names)], expected


@pytest.mark.parametrize("tool", TOOLS)
def test_names_of_a_tool(tool):
    names, expected = names_of(tool)
    found = recognise(names)
    assert not found.missing
    assert {joint: tuple(names[place] for place in places) for joint, places in found.joints.items()} == expected
    assert tuple(found.joints) == PAPER_13


def test_a_limb_decides_what_a_word_means():
    """LeftShoulder is the collar bone beside LeftArm, and the shoulder beside LeftElbow; LeftLeg is hip or knee."""
    def found(words):
        names = [f"{side}{word}" for side in ("Left", "Right") for word in words.split()] + ["Head"]
        return {joint: names[places[0]] for joint, places in recognise(names).joints.items() if "left" in joint}

    assert found("Shoulder Arm Hand UpLeg Leg Foot")["left_elbow"] == "LeftArm"
    assert found("Shoulder Arm Hand UpLeg Leg Foot")["left_shoulder"] == "LeftShoulder"
    assert found("Shoulder Arm ForeArm Hand Leg Knee Foot")["left_hip"] == "LeftLeg"
    assert found("Collar Shoulder Elbow Wrist Hand Hip Leg Foot")["left_wrist"] == "LeftWrist"
    assert found("Arm ForeArm Hand Thigh Leg Ankle Foot")["left_ankle"] == "LeftAnkle"


def test_who_hangs_below_whom_decides_between_two_of_a_name():
    """The first LeftForeArm is a prop of the root's, the second hangs below the arm."""
    names = ["LeftForeArm", "LeftArm", "LeftForeArm", "LeftHand"]
    found = recognise(names, np.array([-1, -1, 1, 2]))
    assert found.joints["left_elbow"] == (2,)
    assert found.notes == ("2 joints are named LeftForeArm; the first is taken",)


def test_eyes_that_no_head_carries_are_targets():
    names = ["Head", "LeftEye", "RightEye"]
    assert recognise(names, np.array([-1, 0, 0])).face == "eye"
    assert recognise(names, np.array([-1, -1, -1])).face == "head"


def test_a_head_without_a_name_is_the_top_of_the_neck():
    """Rigify's spine.006 carries a face; the chest carries the neck, the arms and a bag."""
    names = split("spine chest neck.a neck.b top jaw brow bag upper_arm.L forearm.L hand.L")
    names += split("upper_arm.R forearm.R hand.R")
    names += split("thigh.L shin.L foot.L thigh.R shin.R foot.R")
    parents = np.array([-1, 0, 1, 2, 3, 4, 4, 1, 1, 8, 9, 1, 11, 12, 0, 14, 15, 0, 17, 18])
    rest = np.zeros((20, 3))
    rest[[1, 2, 3, 4, 5, 6, 7], 1] = [30, 50, 55, 60, 61, 70, 45]
    rest[8:14, 1], rest[[8, 9, 10], 0], rest[[11, 12, 13], 0] = 48, [20, 48, 73], [-20, -48, -73]
    rest[14:17, 0], rest[17:, 0], rest[14:, 1] = 10, -10, [0, -40, -80] * 2
    found = with_head_by_place(recognise(names, parents), names, parents, rest)
    assert (found.joints["nose"], found.face, found.missing) == ((4,), "head", ())
    assert found.notes == ("top is taken for the head",)
    assert with_head_by_place(recognise(names[:10]), names, parents, rest).missing


def test_the_first_of_two_bodies_is_taken_and_said():
    names, _ = names_of("MotionBuilder")
    both = [*names, *(name.replace("_01", "_02") for name in names)]
    found = recognise(both)
    assert {both[place].split(":")[0] for places in found.joints.values() for place in places} == {"Actor_01"}
    assert found.notes == ("there are 2 bodies (Actor_01, Actor_02); the first is taken",)


def test_a_number_for_each_joint_tells_nothing():
    """As Sketchfab writes them."""
    parts = ("shoulder", "upper_arm", "forearm", "hand", "thigh", "shin", "foot")
    names = ["hips", *(f"{part}.{side}" for side in "LR" for part in parts), "head"]
    names = [f"{name}_{i:02}" for i, name in enumerate(names)]
    found = recognise(names)
    assert not found.missing
    assert [names[found.joints[f"{side}_shoulder"][0]] for side in ("left", "right")] == [
        "upper_arm.L_02", "upper_arm.R_09"
    ]  # fmt: skip


def test_what_is_missing_is_named():
    names = [name for name in names_of("Unity")[0] if name not in ("LeftLowerArm", "Head")]
    assert recognise(names).missing == ("nose", "left_elbow")
    assert recognise(["bone1", "bone2"]).missing == PAPER_13


@pytest.mark.parametrize(
    ("name", "side", "part"),
    [("LUArm", "left", "uarm"), ("lhumerus", "left", "humerus"), ("Bip01 R Calf", "right", "calf"),
     ("rightknee", "right", "knee"), ("lf_shoulder", "left", "shoulder"), ("Hand_L.002", "left", "hand"),
     ("head", "", "head")],
)  # fmt: skip
def test_a_name_taken_apart(name, side, part):
    told = take_apart(name)
    assert told is not None
    assert (told.side, told.part) == (side, part)


@pytest.mark.parametrize("name", ["LeftForeArmRoll", "Hips", "Spine1", "LeftHandThumb1", "", "12", "leg", "_L_", "::"])
def test_names_of_no_joint(name):
    assert take_apart(name) is None


def test_sides_of_any_name():
    sides = [side_of(name) for name in ("L_knee_lateral", "jnt_right_07", "b_12", "rShin")]
    assert sides == ["left", "right", "", "right"]


GOOD = {joint: f"j{i}" for i, joint in enumerate(PAPER_13)}
BAD_MAPS = {
    "misspelt": ({**{k: v for k, v in GOOD.items() if k != "left_elbow"}, "left_ellbow": "j3"},
                 r"'left_ellbow' \(did you mean left_elbow\?\); left_elbow is missing"),
    "one missing": ({k: v for k, v in GOOD.items() if k != "right_hip"}, "got none for right_hip"),
    "none": (GOOD | {"left_knee": None}, "the file's name of left_knee, or a list of names, got None"),
    "a list with none": (GOOD | {"left_knee": ["j9", None]}, "the file's name of left_knee"),
    "empty": (GOOD | {"left_knee": ""}, "the file's name of left_knee"),
    "twice": (GOOD | {"left_knee": "j3"}, "got j3 for left_elbow and left_knee"),
    "twice in a list": (GOOD | {"nose": ["a", "a"]}, "got a for nose twice"),
    "the wrong side": (GOOD | {"left_elbow": "RightForeArm", "left_hip": "LeftUpLeg"},
                       "expected a left_elbow, got RightForeArm, which is on the right; exchange the sides"),
    "the wrong side in a word": (
        GOOD | {f"{side}_{part}": f"jnt_{word}t{part[:2]}" for part in ("elbow", "knee")
                for side, word in (("left", "r"), ("right", "l"))},
        "expected a left_elbow, got jnt_rtel, which is on the right; exchange the sides"),
    "no map": ([1, 2], r"expected a map such as .*, got \[1, 2\]"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_MAPS)
def test_a_wrong_map_is_refused_by_name(fault, tmp_path):
    joints, reason = BAD_MAPS[fault]
    with pytest.raises(ValueError, match="joints=: .*" + reason):
        read_joint_map(joints)
    path = tmp_path / "map.json"
    path.write_text(json.dumps(joints))
    with pytest.raises(ValueError, match=r"map\.json: .*" + reason):
        read_joint_map(path)


def test_a_map_comes_in_the_paper_s_order_with_what_else_it_names():
    joints = {"pelvis": "Hips", **dict(reversed(GOOD.items())), "nose": ["lEye", "rEye"]}
    checked = read_joint_map(joints)
    assert checked is not None
    assert tuple(checked) == (*PAPER_13, "pelvis")
    assert checked["nose"] == ("lEye", "rEye")
    assert read_joint_map(None) is None


def test_map_files_that_are_none(tmp_path):
    path = tmp_path / "map.json"
    with pytest.raises(FileNotFoundError, match=r"there is no file .*map\.json; expected a joint map"):
        read_joint_map(str(path))
    path.write_text('{"nose": "a", "nose": "b"}')
    with pytest.raises(ValueError, match="nose stands there twice"):
        read_joint_map(path)
    path.write_text("nose: Head")
    with pytest.raises(ValueError, match=r"map\.json: expected a joint map as JSON"):
        read_joint_map(path)


def unnamed(parents=None):
    """A skeleton whose names tell nothing, j0 to j12, and a face of 60 joints before them."""
    names = (*(f"face{i}" for i in range(60)), *(f"j{i}" for i in range(13)))
    rest = np.zeros((73, 3))
    rest[:60] = [0, 5, 8]
    rest[60:, 1] = 50 * np.arange(13)
    parents = np.array([60] * 60 + [-1, *range(60, 72)]) if parents is None else parents
    return RawMotion(rest[None], names, parents, rest)


def test_a_map_is_placed_in_a_skeleton():
    checked = read_joint_map(GOOD)
    assert checked is not None
    parents = np.array([-1] * 73)
    found = place_joints(checked, unnamed(parents))
    assert found.joints["left_elbow"] == (63,)
    with pytest.raises(ValueError, match=r"a joint named jj12 for nose, got none in the file; did you mean j12\?"):
        place_joints(checked | {"nose": ("jj12",)}, unnamed(parents))
    parents[63] = 62   # left_elbow below right_shoulder
    with pytest.raises(ValueError, match="expected a left_elbow below j1, got j3, which hangs below j2, the right"):
        place_joints(checked, unnamed(parents))


def test_the_refusal_lists_limbs_and_prints_a_map_to_fill_in():
    raw = unnamed()
    text = str(unknown_skeleton(raw, recognise(raw.names)))
    assert "the joints are j0, j1, j2, j3, j4, j5, j6, j7, j8, j9, j10, j11, j12 and 60 more at short bones" in text
    assert json.loads(text.splitlines()[-1]) == dict.fromkeys(PAPER_13, "?")
