"""What each detector's JSON looks like: read by what it holds, never by what the file is called.

- a list of {image_id, keypoints, score?, idx?}: AlphaPose, and COCO's keypoint results;
- {"people": [{pose_keypoints_2d, person_id?}]}: one frame of OpenPose ("pose_keypoints" in old ones), and
  {"bodies": [{joints}]}: one picture as AlphaPose writes it for CMU-Pose;
- {picture: {"people" or "bodies": [...]}}: AlphaPose in OpenPose's and CMU-Pose's form;
- {"images", "annotations", "categories"}: COCO's ground truth.
"""

from array import array

import numpy as np

from .frame_numbers import Pictures
from .json_stream import JsonStream
from .rows import MAX_POINTS, Rows, _shown, real, whole

POINTS = ("pose_keypoints_2d", "pose_keypoints", "joints")


class Reading:
    """All that is read of one source: rows, pictures, and COCO's own lists of images and joints.

    counts: the numbers of joints that are known. size: the source's, in bytes; a detection has 300 at least.
    """

    def __init__(self, counts=None, size: int = 0):
        self.most_names = 2**16 + size // 300
        self.rows, self.pictures = Rows(counts), Pictures(self.most_names)
        self.images, self.image_ids = None, array("q")  # COCO: file names, and the places of their ids in pictures
        self.categories: list[list[str]] = []
        self.openpose = self.others = 0

    def json(self, stream: JsonStream, picture: str) -> None:
        """Read one JSON; picture names the frame if it is one frame's. Raises ValueError naming file and place."""
        opening = stream.peek()
        if opening == "[":
            self._list(stream)
        else:
            if opening != "{":
                stream.take("[{")
            self._object(stream, picture)
        stream.end()

    def _list(self, stream: JsonStream) -> None:
        self.others += 1
        for i, entry in enumerate(stream.elements()):
            try:
                self._entry(entry)
            except ValueError as error:
                raise stream.error(f"entry {i:,} (the first is 0): {error}") from None

    def _entry(self, entry) -> None:
        if type(entry) is not dict or "keypoints" not in entry or "image_id" not in entry:
            raise ValueError(f"{_held(entry)}; an object with image_id and keypoints was wanted (AlphaPose, COCO)")
        track, score = whole(entry.get("idx"), "idx"), real(entry.get("score"), "score")
        self.rows.add(entry["keypoints"], self.pictures.add(entry["image_id"]), track, score)

    def _object(self, stream: JsonStream, picture: str) -> None:
        known, seen = False, []
        for key in stream.members():
            seen = [*seen[:4], key[:40]]
            opening = stream.peek()
            if key in ("people", "bodies"):
                self._frame(stream, picture)
            elif key == "annotations" and opening == "[":
                self._annotations(stream)
            elif key == "images" and opening == "[":
                self._images(stream)
                continue
            elif key == "categories" and opening == "[":
                self.categories += [_names(category) for category in stream.elements()]
                continue
            elif opening == "{" and key not in ("info", "licenses"):
                known |= self._picture(stream, key, stream.value())
                continue
            else:
                stream.skip()
                continue
            known = True
        if not known:
            raise stream.error(
                f"holds {', '.join(map(repr, seen)) or 'an empty object'}; AlphaPose's list, OpenPose's people or "
                "COCO's annotations were wanted"
            )

    def _frame(self, stream: JsonStream, picture: str) -> None:
        place = self.pictures.add(picture)
        self.openpose += 1
        for i, person in enumerate(stream.elements()):
            self._person(stream, person, place, f"person {i:,} (the first is 0)")

    def _picture(self, stream: JsonStream, name: str, value) -> bool:
        people = value.get("people", value.get("bodies")) if type(value) is dict else None
        if people is None:
            return False
        if type(people) is not list:
            raise stream.error(f"picture {name[:40]!r} has people that are {_shown(people)}; a list was wanted")
        self.others += 1
        try:
            place = self.pictures.add(name)
        except ValueError as error:
            raise stream.error(str(error)) from None
        for i, person in enumerate(people):
            self._person(stream, person, place, f"picture {name[:40]!r}, person {i:,} (the first is 0)")
        return True

    def _person(self, stream: JsonStream, person, place: int, where: str) -> None:
        try:
            key = next((key for key in POINTS if key in person), None) if type(person) is dict else None
            if key is None:
                raise ValueError(f"{_held(person)}; an object with pose_keypoints_2d was wanted (OpenPose)")
            self.rows.add(person[key], place, whole(person.get("person_id"), "person_id"))
        except ValueError as error:
            raise stream.error(f"{where}: {error}") from None

    def _annotations(self, stream: JsonStream) -> None:
        self.others += 1
        self.rows.counts = None  # any number of joints: the categories name them
        count = with_points = 0
        for count, entry in enumerate(stream.elements(), 1):
            try:
                with_points += self._annotation(entry)
            except ValueError as error:
                raise stream.error(f"annotation {count - 1:,} (the first is 0): {error}") from None
        if count and not with_points:
            raise stream.error("its annotations hold no keypoints; COCO's person_keypoints_... was wanted")

    def _annotation(self, entry) -> bool:
        if type(entry) is not dict or "image_id" not in entry:
            raise ValueError(f"{_held(entry)}; an object with image_id and keypoints was wanted (COCO)")
        if "keypoints" in entry and not entry.get("iscrowd"):
            track = whole(entry.get("track_id"), "track_id")
            self.rows.add(entry["keypoints"], self.pictures.add(entry["image_id"]), track)
        return "keypoints" in entry

    def _images(self, stream: JsonStream) -> None:
        self.images = Pictures(self.most_names) if self.images is None else self.images
        for i, image in enumerate(stream.elements()):
            try:
                if type(image) is not dict or "id" not in image:
                    raise ValueError(f"{_held(image)}; an object with id and file_name was wanted (COCO)")
                self.image_ids.append(self.pictures.add(image["id"]))
                self.images.add(image.get("file_name", image["id"]), again=True)
            except ValueError as error:
                raise stream.error(f"image {i:,} (the first is 0): {error}") from None

    def frames(self, name: str) -> tuple[np.ndarray, np.ndarray, Pictures, int]:
        """Each row's frame and the place of its picture's name, where those names stand, and how many frames."""
        picture = np.frombuffer(self.rows.picture, "q")
        if self.images is None:
            frame = self.pictures.frames()
            return frame[picture], picture, self.pictures, int(frame.max()) + 1 if len(frame) else 0
        # COCO lists all its images: a frame is an image's place among them
        unit, _ = self.pictures.units()
        image_of = np.full(len(unit), -1)
        image_of[unit[np.frombuffer(self.image_ids, "q")]] = np.arange(len(self.image_ids))
        image = image_of[unit[picture]]
        if (image < 0).any():
            lost = self.pictures.names([picture[np.argmin(image)]])[0]
            raise ValueError(f"{name}: an annotation is of image {lost[:40]!r}, which its images lack.")
        frame = self.images.frames(gaps=False)
        return frame[image], image, self.images, int(frame.max()) + 1 if len(frame) else 0


def _held(entry) -> str:
    """An entry's keys, for an error message."""
    if type(entry) is not dict:
        return f"is {_shown(entry)}"
    return f"holds {', '.join(repr(key[:40]) for key in list(entry)[:5]) or 'nothing'}"


def _names(category) -> list[str]:
    names = category.get("keypoints") if type(category) is dict else None
    right = type(names) is list and 0 < len(names) <= MAX_POINTS and all(type(n) is str for n in names)
    return [name[:80] for name in names] if right else []
