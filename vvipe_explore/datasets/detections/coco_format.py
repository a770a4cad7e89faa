"""COCO's ground truth: annotations, and the lists of images and categories that go with them. PoseTrack has it too."""

from .frame_numbers import Pictures
from .json_frames import add_skeleton, each
from .json_people import people_in
from .json_stream import JsonStream
from .reading import Reading
from .rows import shown


def read_annotations(reading: Reading, stream: JsonStream, file_name: str) -> bool:
    """Read COCO's ground truth: {"annotations": [{image_id, keypoints, track_id?}, ...]}, images and categories."""
    reading.rows.counts = None  # any number of joints: the categories name them

    def add(entry) -> bool:
        _check_keys(entry, {"image_id"}, "COCO")
        if "keypoints" in entry and not entry.get("iscrowd"):
            picture = reading.pictures.add(entry["image_id"])
            for person in people_in(entry) or ():
                reading.person(person, picture)
        return "keypoints" in entry

    if each(stream, stream.elements(), "annotation", add) == {False}:
        raise stream.error("expected annotations with keypoints, got none; give COCO's person_keypoints_... file")
    return True


def read_images(reading: Reading, stream: JsonStream, file_name: str) -> bool:
    """Read COCO's images: {"images": [{id, file_name?, width?, height?}, ...]}."""
    images = reading.images = reading.images or Pictures(reading.max_names)

    def add(image) -> None:
        _check_keys(image, {"id"}, "COCO")
        reading.image_ids.append(reading.pictures.add(image["id"]))
        place = images.add(image.get("file_name", image["id"]), again=True)
        reading.about.add_size(place, image.get("width"), image.get("height"))

    each(stream, stream.elements(), "image", add)
    return False


def read_categories(reading: Reading, stream: JsonStream, file_name: str) -> bool:
    """Read the joint names of COCO's categories: {"categories": [{keypoints: [name, ...]}, ...]}."""
    for category in stream.elements():
        names = category.get("keypoints") if type(category) is dict else None
        if type(names) is list:
            add_skeleton(reading, names)
    return False


def _check_keys(entry, keys: set[str], source: str) -> None:
    if type(entry) is not dict or not keys <= entry.keys():
        names = " and ".join(sorted(keys))
        raise ValueError(f"expected an object with {names} ({source}), got {shown(entry)}; add {names}")
