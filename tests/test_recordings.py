"""The made-up recording is read as a detector's files are: two people, the large one is followed, four cameras."""

import numpy as np
import pytest

from vvipe_explore import datasets, skeleton
from vvipe_explore.evaluation import recordings
from vvipe_explore.evaluation.recordings import CAMERAS, first_or_chosen, moments_met, write_made_recording


@pytest.fixture(scope="module")
def recording(tmp_path_factory, synthetic):
    folder = tmp_path_factory.mktemp("made")
    return folder, write_made_recording(folder, synthetic)


def test_one_folder_a_camera_and_one_file_a_frame(recording):
    folder, poses = recording
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"cam{i:02d}" for i in range(1, len(CAMERAS) + 1)]
    assert all(len(list((folder / name).iterdir())) == len(poses) for name in names)


def test_the_large_person_is_followed_and_is_not_always_first(recording):
    folder, poses = recording
    detections = datasets.read_detections(folder / "cam01", progress=False)
    assert detections.joint_names == tuple(skeleton.BODY_25B)
    assert len(detections) == 2 * len(poses)
    chosen = detections.choice().rows
    first = np.flatnonzero(np.diff(detections.frame, prepend=-1))
    assert len(chosen) == len(poses)
    assert (~np.isin(first, chosen)).tolist() == [frame % 3 == 0 for frame in range(len(poses))]


def test_a_sequence_that_is_not_there_is_named(tmp_path, synthetic):
    with pytest.raises(ValueError, match="b08_hop"):
        write_made_recording(tmp_path, synthetic, "b08_hop")


def test_the_first_is_the_passer_by_in_every_third_frame_and_costs(recording):
    folder, poses = recording
    listed = datasets.read_detections(folder / "cam01", progress=False)

    class Model:
        """Gives the truth for a large body, and the truth backwards for a small one."""

        def lift(self, keypoints, confidence):
            large = np.ptp(keypoints[..., 1], axis=1).min() > 150
            frames = np.arange(0, len(poses), 3)
            return poses[frames] if large else poses[frames][::-1]

    frames, errors = first_or_chosen(Model(), listed, poses)
    assert frames.tolist() == list(range(0, len(poses), 3))
    assert errors[:, 1].max() < 0.1
    assert errors[:, 0].mean() > 10


def test_where_the_first_is_always_the_chosen_one_there_is_nothing_to_compare(recording):
    folder, poses = recording
    listed = datasets.read_detections(folder / "cam01", progress=False)
    frames, errors = first_or_chosen(None, listed[listed.choice().rows], poses)
    assert len(frames) == 0
    assert errors.shape == (0, 2)


def test_moments_meet_where_the_nearest_row_is_of_nearly_the_same_frame():
    frames = np.array([0, 1, 2, 10])  # one frame is missing between the third and the last
    line = np.float32([[0], [1], [2], [10]])
    assert moments_met([line, line + 0.1], frames, within=0) == 100
    assert moments_met([line, line[::-1].copy()], frames, within=0) == 0
    # 0 and 10 find one another, ten away; 1 and 2 do too, one away
    assert moments_met([line, line[::-1].copy()], frames, within=8) == 50
    assert moments_met([line, line, line[::-1].copy()], frames, within=0) == pytest.approx(100 / 3)


def test_frame_errors_by_hand(synthetic):
    truth = synthetic.poses[:40:10]
    moved = 2 * truth[:, :, [2, 1, 0]] * [1, 1, -1] + 5  # a quarter turn, resized and moved: the fit undoes all of it
    assert recordings.frame_errors(moved, truth) == pytest.approx(np.zeros(4), abs=1e-3)
    of_one = recordings.frame_errors(truth[0], truth)
    assert of_one.shape == (4,)
    assert of_one[0] == pytest.approx(0, abs=1e-3)
    assert (of_one[1:] > 1).all()


def test_jitter_by_hand():
    poses = np.zeros((5, 13, 3))
    poses[:, :, 0] = np.arange(5)[:, None]  # all joints move a metre a frame: the speed does not change
    assert recordings.jitter(poses) == 0
    poses[2, 0, 1] = 0.013  # one joint of 13 jumps by 13 mm and back: changes of 13, 26 and 13 mm in three moments
    assert recordings.jitter(poses) == pytest.approx((13 + 26 + 13) / 13 / 3)


def test_a_name_has_one_colour_in_both_panels():
    import matplotlib.pyplot as plt

    x = np.arange(3.0)
    errors, heights = {"mean pose": x, "first": x, "smoothed": x}, {"triangulated": x, "smoothed": x, "alone": x}
    axes = recordings.plot_over_time(x, errors, heights, "cam01")
    left, right = ({line.get_label(): line.get_color() for line in ax.lines} for ax in axes)
    assert set(left) == set(errors)
    assert left["smoothed"] == right["smoothed"] != right["alone"]
    assert len(axes[0].figure.legends[0].texts) == 5
    plt.close("all")
