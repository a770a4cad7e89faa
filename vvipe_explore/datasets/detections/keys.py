"""The keys and the columns that tools give to points, people, frames and times, in small letters without _ and -."""

from functools import lru_cache

MAX_KEY = 80
"""Characters of a key or a name that count."""
POINTS = (
    "posekeypoints2d", "posekeypoints", "keypoints", "keypoints2d", "landmarks", "poselandmarks", "landmark", "joints",
    "joints2d", "keypoint", "kpts", "kps", "pose", "points", "jointself", "pose2d", "normalizedlandmarks", "xy", "xyn",
)  # fmt: skip
SCORES = (
    "keypointscores", "keypointsscores", "keypointscore", "keypointsscore", "keypointsconfidence", "jointsvis",
    "keypointsvisible", "scores", "confidences", "conf",
)  # fmt: skip
PEOPLE = (
    "people", "bodies", "instances", "predictions", "persons", "poses", "detections", "humans", "objects", "results",
    "annotations", "skeletons", "predinstances",
    "result", "poseresults", "prediction", "detection",
)  # fmt: skip
FRAME = (
    "frame", "frameid", "frameindex", "frameidx", "framenum", "framenumber", "frameno", "framecount", "framecounter",
)  # fmt: skip
PICTURE = (
    "imageid", "image", "imagename", "imagepath", "img", "imgname", "imgpath", "imgid", "filename", "file", "picture",
    "imagefile", "imgpaths", "framepath", "framename", "framefile",
)  # fmt: skip
TIME = ("timestamp", "timestampms", "timems", "timesec", "time", "seconds", "t", "ts")
IN_3D = (
    "posekeypoints3d", "keypoints3d", "worldlandmarks", "poseworldlandmarks", "joints3d", "pose3d", "positions3d",
)  # fmt: skip
TRACK = ("trackid", "idx", "personid", "trackingid", "instanceid", "person", "playerid")
SCORE = ("score", "bboxscore", "personscore", "confidence", "conf")
TOOLS = {
    "landmarks": "MediaPipe", "poselandmarks": "MediaPipe", "landmark": "MediaPipe", "jointsvis": "MPII",
    "keypointscores": "MMPose", "posekeypoints2d": "OpenPose", "posekeypoints": "OpenPose",
}  # fmt: skip


def squash(key: str) -> str:
    """Give a key in small letters, without _, - and spaces: keypointScores and keypoint_scores are one key."""
    return _squashed(key[:MAX_KEY])


@lru_cache(4096)
def _squashed(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").replace(" ", "")
