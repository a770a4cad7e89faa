"""Add the frames and people that JSON holds to a Reading: in lists, as single frames, and what is said beside them."""

from .json_people import frame_of, people_in, size_of, time_of
from .json_points import NUMBERS, is_point
from .json_stream import JsonStream, value_of_text
from .keys import PEOPLE, squash
from .reading import Reading
from .rows import MAX_POINTS, shown, to_score, to_track

TOOLS = "AlphaPose, OpenPose, COCO, MediaPipe, MMPose, Ultralytics, MoveNet, ... (docs/formats.md lists all)"
NAME_LISTS = ("jointnames", "keypointnames", "keypointsnames", "bodyparts", "landmarknames")
_FPS = ("fps", "framerate", "videofps", "framespersecond")


class FrameList:
    """The frames, or the people, of one list: elements of an array, or lines.

    file_name: the file. Where several files are read, each is one frame, named by the file.
    """

    def __init__(self, reading: Reading, file_name: str):
        self.reading, self.file_name = reading, file_name
        self.points: list = []  # of a single person whose points are the list's elements
        self._count, self._named = 0, None

    def add(self, entry) -> None:
        """Add an element: a person, a frame with people, or a point; or JSON of it. Raises ValueError."""
        if type(entry) is str and entry.lstrip()[:1] in ("[", "{"):
            entry = value_of_text(entry)
        if entry is not None and type(entry) in NUMBERS or is_point(entry):
            if self._count or len(self.points) >= 5 * MAX_POINTS:
                raise ValueError(f"expected frames or people, got {shown(entry)}")
            self.points.append(entry)
            return
        if self.points:
            raise ValueError(f"expected points as before, got {shown(entry)}")
        self._count += 1
        if type(entry) is dict and "image_id" in entry and type(entry.get("keypoints")) is list:
            self._add_result(entry)
        else:
            self._add_frame(entry)

    def finish(self) -> None:
        """Add the person whose points the elements were; several files: note the frame if it has nobody."""
        if self.points:
            self._add_frame(self.points)
        elif not self._count and self.reading.files > 1:
            self.reading.pictures.add(self.file_name)

    def _add_result(self, entry: dict) -> None:
        """Add an entry of AlphaPose's file or of COCO's keypoint results: {image_id, keypoints, score?, idx?}."""
        reading, points = self.reading, entry["keypoints"]
        picture = self._place(entry["image_id"])
        if not points or type(points[0]) in NUMBERS and len(points) % 3 == 0:
            track, score = entry.get("idx", entry.get("track_id")), to_score(entry.get("score"), "score")
            reading.rows.add(points, picture, to_track(track, "idx"), score)
            return
        for person in people_in(entry) or ():
            reading.person(person, picture)

    def _add_frame(self, entry) -> None:
        """Add the people of any other element; one that names no frame is the frame of its number in the list."""
        reading, about = self.reading, self.reading.about
        kind, named = frame_of(entry)
        people = people_in(entry)
        if people is None:
            raise ValueError(f"expected an object with image_id and keypoints, or one of {TOOLS}, got {_other(entry)}")
        if kind in ("frame", "picture"):
            picture = self._place(named)
        elif reading.files > 1:
            picture = reading.pictures.add(self.file_name)
        else:
            picture = reading.place_at(named) if kind == "time" else reading.next_frame()
        about.counted = about.counted or reading.files == 1 and kind != "picture"
        if type(entry) is dict:
            about.add_size(picture, *size_of(entry))
            if kind == "frame":
                about.add_time(named, time_of(entry))
            if not kind and len(people) == 1 and not any(squash(key) in PEOPLE for key in entry):
                reading.loose += 1
        for person in people:
            reading.person(person, picture)

    def _place(self, named) -> int:
        """Give the place of a picture that is named in the file. Raises ValueError."""
        reading = self.reading
        if reading.files == 1:
            return reading.pictures.add(named)
        if type(named) not in (str, int, float):
            raise ValueError(f"expected a picture's name or whole number, got {shown(named)}")
        if self._named not in (None, named):
            raise ValueError("one of several files, but no single frame: it has people of several; give one file")
        self._named = named
        return reading.pictures.add(self.file_name)


def _other(entry) -> str:
    """Say what an element is that has no keypoints, and the remedy for boxes alone."""
    first = entry
    while type(first) is list and first:
        first = first[0]
    if type(first) is dict and {"box", "bbox", "boxes", "xyxy"} & {squash(key) for key in first}:
        return "boxes without keypoints; use a model for poses (Ultralytics: a -pose model)"
    return shown(entry)


def add_picture(reading: Reading, stream: JsonStream, name: str, value, people) -> None:
    """Add the people of a picture that an object's key names: AlphaPose's other forms, and frames by name."""
    picture = each(stream, [name], "picture", reading.pictures.add).pop()
    if type(value) is dict:
        reading.about.add_size(picture, *size_of(value))
    each(stream, people, f"picture {name[:40]!r}, person", lambda person: reading.person(person, picture))


def read_about(reading: Reading, value: dict) -> None:
    """Note the frames a second, the joints' names and the pictures' size, as far as an object says them."""
    for key, said in value.items():
        short = squash(key)
        if short in _FPS and type(said) in (int, float) and 0 < said < 1e6:
            reading.about.fps = float(said)
        if short in NAME_LISTS and type(said) is list:
            add_skeleton(reading, said)
        if short == "keypointid2name" and type(said) is dict and all(str(i) in said for i in range(len(said))):
            add_skeleton(reading, [said[str(i)] for i in range(len(said))])
    if not reading.about.sizes_known:
        reading.about.add_size(0, *size_of(value))


def add_skeleton(reading: Reading, names: list) -> None:
    """Note a list of joint names that the file holds; then any number of joints may come."""
    if 0 < len(names) <= MAX_POINTS and all(type(name) is str for name in names):
        reading.skeletons.append([name[:80] for name in names])
        reading.rows.counts = None


def each(stream: JsonStream, elements, what: str, add) -> set:
    """Pass each element to add and give all that it returns; an error names the element and the place."""
    returned = set()
    for i, element in enumerate(elements):
        try:
            returned.add(add(element))
        except ValueError as error:
            raise stream.error(f"{what} {i:,} (the first is 0): {error}") from None
    return returned
