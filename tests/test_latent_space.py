"""The latent space beyond retrieval: each measure gives a value known by hand, and so do PCA and the autoencoder."""

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA as SkPCA

from vvipe_explore.alignment import canonicalise
from vvipe_explore.evaluation import latent_space, pose_sets
from vvipe_explore.metrics import mpjpe
from vvipe_explore.models.baselines import PCA, Autoencoder
from vvipe_explore.models.networks import PoseVAE
from vvipe_explore.models.vvipe import VVIPE
from vvipe_explore.skeleton import PAPER_13, mirror
from vvipe_explore.training.loop import fit
from vvipe_explore.training.objectives import VAEObjective

JOINT = {name: i for i, name in enumerate(PAPER_13)}


@pytest.fixture(scope="module")
def canonical(poses):
    return canonicalise(poses.float()).poses


@pytest.fixture(scope="module")
def pca(canonical):
    return PCA(canonical, 8)


class Scaled(PoseVAE):
    """Another space in other axes: its codes are those of space, times a matrix."""

    def __init__(self, space, matrix):
        torch.nn.Module.__init__(self)
        self.space, self.matrix, self.config = space, matrix, space.config

    def encode(self, canonical):
        z, log_var = self.space.encode(canonical)
        return z @ self.matrix.T, log_var

    def decode(self, z):
        return self.space.decode(z @ torch.linalg.inv(self.matrix).T)


# --- the spaces ---------------------------------------------------------------------------------


def test_pca_is_pca(canonical, pca):
    flat = canonical.flatten(1).numpy()
    theirs = SkPCA(8, svd_solver="full").fit(flat)
    expected = theirs.inverse_transform(theirs.transform(flat)).reshape(-1, 13, 3)
    assert pca.decode(pca.encode(canonical)[0]).numpy() == pytest.approx(expected, abs=1e-5)
    assert pca.encode(canonical)[0].var(0).numpy() == pytest.approx(theirs.explained_variance_, rel=1e-4)


def test_pca_of_all_directions_loses_nothing(canonical):
    """33 of 39: the mid-hip is at the origin, and the best rotation makes the fit's cross-covariance symmetric."""
    with pytest.raises(ValueError, match="expected latent from 1 to 33, .* got 34"):
        PCA(canonical, 34)
    assert latent_space.reconstruction(PCA(canonical, 33), canonical) < 0.01


@pytest.mark.parametrize("latent", [0, -1])
def test_pca_without_dimensions_is_refused(canonical, latent):
    with pytest.raises(ValueError, match="expected latent from 1 to 33"):
        PCA(canonical, latent)


def test_a_space_goes_where_a_vae_goes(canonical, pca, poses):
    model = VVIPE(pca)
    model.fit_latent(canonical)
    z = model.embed_poses(poses[:5])
    assert model.decode(z).shape == (5, 13, 3)
    # PCA's codes have no variance of their own to add
    assert (model.latent_factor @ model.latent_factor.T).diag() == pytest.approx(pca.encode(canonical)[0].var(0))


def test_an_autoencoder_adds_no_noise_and_learns(canonical):
    torch.manual_seed(0)
    network = Autoencoder(8, 32, 1)
    before = latent_space.reconstruction(network, canonical)
    state = torch.get_rng_state()
    once, twice = network(canonical)[0], network(canonical)[0]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(once, twice)
    assert torch.equal(once, network.decode(network.encode(canonical)[0]))
    objective = VAEObjective(network, canonical, canonical, kl_weight=0.0, triplet_weight=0.0, batch=64)
    history = fit(objective, 60, 5e-3, progress=False)
    assert np.allclose(history.curves["loss"], history.curves["reconstruction"])
    assert latent_space.reconstruction(network, canonical) < 0.5 * before


# --- one measure at a time ----------------------------------------------------------------------


class Off(PoseVAE):
    """Gives a pose back moved by 30 mm in y."""

    def __init__(self):
        torch.nn.Module.__init__(self)
        self.config = {"latent": 39}

    def encode(self, canonical):
        return canonical.flatten(-2), torch.full_like(canonical.flatten(-2), -torch.inf)

    def decode(self, z):
        return z.unflatten(-1, (13, 3)) + torch.tensor([0.0, 0.03, 0.0])


def test_reconstruction_by_hand(canonical):
    assert latent_space.reconstruction(Off(), canonical) == pytest.approx(30, abs=1e-3)


def test_noise_by_hand(canonical):
    """Noise of 0.1 m on each coordinate moves a joint by 0.1 sqrt(8 / pi) on average; the clean pose counts, not the
    input."""
    moved, limbs = latent_space.noise_curve(
        Off(), canonical.repeat(20, 1, 1), 0.1 * torch.eye(39), [0.0, 0.5, 1.0], torch.Generator().manual_seed(0)
    )
    assert moved[0] == limbs[0] == 0
    assert moved[2] == pytest.approx(100 * math.sqrt(8 / math.pi), rel=0.01)
    assert moved[1] == pytest.approx(moved[2] / 2)
    assert 0 < limbs[1] < limbs[2]


def test_noise_does_not_see_a_space_s_axes_or_scale(canonical, pca, rng):
    """The same space in skewed axes of another scale: the same curve, up to the random numbers."""
    skewed = Scaled(pca, 7 * torch.eye(8) + 10 * torch.rand(8, 8, generator=rng))
    many = canonical.repeat(10, 1, 1)
    curves = [
        latent_space.noise_curve(s, many, latent_space.covariance_factor(s, canonical), [0.5], rng)
        for s in (pca, skewed)
    ]
    assert curves[0][0] == pytest.approx(curves[1][0], rel=0.03)
    assert curves[0][1] == pytest.approx(curves[1][1], rel=0.05)
    by_dimension = latent_space.noise_curve(
        skewed, many, torch.diag(skewed.encode(canonical)[0].std(0)), [0.5], rng
    )
    assert abs(by_dimension[0][0] / curves[0][0][0] - 1) > 0.1


def test_the_factor_is_of_the_codes_covariance(canonical, pca):
    factor = latent_space.covariance_factor(pca, canonical)
    assert factor @ factor.T == pytest.approx(torch.cov(pca.encode(canonical)[0].T), abs=1e-5)


def line(places):
    """A path on which the whole body stands at these places along x, metres: (1, steps, 13, 3)."""
    path = torch.rand(13, 3, generator=torch.Generator().manual_seed(0)).repeat(len(places), 1, 1)
    path[..., 0] += torch.tensor(places)[:, None]
    return path[None]


@pytest.mark.parametrize(
    ("places", "longest", "way"),
    [([0.0, 1.0, 2.0], 1, 1), ([0.0, 1.0, 4.0], 1.5, 1), ([0.0, 3.0, 1.0], 1.2, 5), ([0.0, 0.0, 1.0], 2, 1)],
    ids=["even", "jump", "there and back", "late"],
)
def test_evenness_by_hand(places, longest, way):
    assert latent_space.evenness(line(places)) == pytest.approx((longest, way), rel=1e-5)
    both = torch.cat([line(places), line([0.0, 1.0, 2.0])])
    assert latent_space.evenness(both) == pytest.approx(((longest + 1) / 2, (way + 1) / 2), rel=1e-5)


def test_a_path_that_does_not_move_is_refused():
    with pytest.raises(ValueError, match="expected paths between two different poses, got one that ends where"):
        latent_space.evenness(torch.cat([line([0.0, 1.0]), line([1.0, 1.0])]))


def test_paths_start_and_end_at_the_decoded_poses_and_are_even_in_pca(canonical, pca):
    start, end = latent_space.path_ends(canonical, 50)
    path = latent_space.paths(pca, start, end, 9)
    assert path.shape == (50, 9, 13, 3)
    for place, poses in ((0, start), (-1, end)):
        assert path[:, place] == pytest.approx(pca.decode(pca.encode(poses)[0]), abs=1e-5)
    assert latent_space.evenness(path) == pytest.approx((1, 1), rel=1e-3)


def test_starts_and_ends_never_share_a_pose(canonical):
    for pairs in (3, 100, 1000):
        start, end = latent_space.path_ends(canonical, pairs)
        assert len(start) == len(end) == min(pairs, 100)
        assert pose_sets.distances(start, end).min() > 0


def forearm(body, angles):
    """A path in which the left forearm turns about the elbow by angles (degrees)."""
    path = body.float().repeat(len(angles), 1, 1)
    a = torch.deg2rad(torch.tensor(angles))
    path[:, 5] = path[:, 3] + torch.stack([a.sin(), -a.cos(), torch.zeros_like(a)], -1)
    return path[None]


def test_limbs_along_a_path_by_hand(body):
    """A turn keeps every length; the straight way of a quarter turn has the forearm at cos 45 degrees in the middle."""
    turn = forearm(body, [0.0, 45.0, 90.0])
    assert latent_space.limb_change(turn) == pytest.approx(torch.zeros(3), abs=1e-4)
    assert latent_space.limb_drift(turn) == pytest.approx(0, abs=1e-4)
    ends = forearm(body, [0.0, 90.0])
    straight = torch.stack([ends[0, 0], ends[0].mean(0), ends[0, 1]])[None]
    shorter = 100 * (1 - math.sqrt(0.5)) / 12
    assert latent_space.limb_change(straight) == pytest.approx(torch.tensor([0, shorter, 0]), abs=1e-3)
    lengths = np.array([1, math.sqrt(0.5), 1])
    assert latent_space.limb_drift(straight) == pytest.approx(100 * lengths.std() / lengths.mean() / 12, rel=1e-4)


def test_a_length_that_grows_evenly_is_drift_but_no_change(body):
    """Between bodies of two sizes a length must change; limb_change measures only the rest."""
    t = torch.linspace(1, 2, 5)[:, None, None]
    growing = (t * body.float())[None]
    assert latent_space.limb_change(growing).max() < 1e-3
    assert latent_space.limb_drift(growing) > 10


def test_asymmetry_by_hand(body):
    """One of five pairs twice as long: the mean ratio, as a geometric mean, is 2 to the 1 / 5."""
    pose = body.float()[None].clone()
    assert pose_sets.asymmetry(pose) == pytest.approx(0, abs=1e-3)
    pose[0, 5] = pose[0, 3] + 2 * (pose[0, 5] - pose[0, 3])
    assert pose_sets.asymmetry(pose) == pytest.approx(100 * (2**0.2 - 1), rel=1e-4)
    assert pose_sets.asymmetry(mirror(pose)) == pytest.approx(pose_sets.asymmetry(pose), rel=1e-4)
    assert pose_sets.asymmetry(3 * pose) == pytest.approx(pose_sets.asymmetry(pose), rel=1e-4)


def bent(joint, towards):
    """A body whose straight left arm or leg hangs down, with its last limb pointing towards (x, y, z)."""
    pose = torch.zeros(1, 13, 3)
    for side, x in (("left", 0.1), ("right", -0.1)):
        heights = {"shoulder": 0.5, "elbow": 0.2, "wrist": 0.0, "hip": 0.0, "knee": -0.4, "ankle": -1.0}
        for part, y in heights.items():
            pose[0, JOINT[f"{side}_{part}"]] = torch.tensor([x, y, 0.0])
    end = {"elbow": "left_wrist", "knee": "left_ankle"}[joint]
    pose[0, JOINT[end]] = pose[0, JOINT[f"left_{joint}"]] + torch.tensor(towards)
    return pose


@pytest.mark.parametrize(
    ("joint", "towards", "degrees"),
    [
        ("knee", (0.0, 0.0, -1.0), 90), ("knee", (0.0, 0.0, 1.0), -90), ("knee", (0.0, -1.0, -1.0), 45),
        ("elbow", (0.0, 0.0, 1.0), 90), ("elbow", (0.0, 0.0, -1.0), 90), ("elbow", (1.0, -1.0, 0.0), 45),
    ],
)  # fmt: skip
def test_hinges_by_hand(joint, towards, degrees):
    """The heel behind is how knees bend; x is left, y up, z forward."""
    place = {"elbow": 0, "knee": 2}[joint]
    expected = torch.zeros(1, 4)
    expected[0, place] = degrees
    pose = bent(joint, towards)
    assert pose_sets.hinges(pose) == pytest.approx(expected, abs=0.05)
    other = expected[:, [1, 0, 3, 2]]
    assert pose_sets.hinges(mirror(pose)) == pytest.approx(other, abs=0.05)
    assert pose_sets.backwards(pose) == (100 if degrees < 0 else 0)


def test_real_knees_do_not_bend_backwards(synthetic):
    made = canonicalise(torch.from_numpy(synthetic.poses[::7])).poses
    assert pose_sets.backwards(made) == 0
    flipped = made.clone()
    flipped[:, [11, 12], 2] = 2 * made[:, [9, 10], 2] - made[:, [11, 12], 2]   # shins point forward as far
    assert pose_sets.backwards(flipped) > 20


def test_out_of_range_by_hand():
    """Elbows bent by 0 to 99 degrees were seen; of five poses one bends 120."""
    def bends(degrees):
        return torch.cat([bent("elbow", (0.0, -math.cos(math.radians(d)), math.sin(math.radians(d)))) for d in degrees])

    seen = bends(range(100))
    assert pose_sets.out_of_range(bends([10, 50, 80, 20, 120]), seen) == pytest.approx(20)
    assert pose_sets.out_of_range(bends([10, 50]), seen) == 0
    # of the poses seen themselves the extreme one at each end
    assert pose_sets.out_of_range(seen, seen) == pytest.approx(2)


def test_distances_are_mpjpe(canonical):
    got = pose_sets.distances(canonical[:7], canonical[:11])
    assert got == pytest.approx(mpjpe(canonical[:7, None], canonical[None, :11]), abs=1e-5)


def test_coverage_by_hand(canonical):
    near = canonical[:10] + torch.tensor([0.05, 0.0, 0.0])
    far = canonical[:10] + torch.tensor([3.0, 0.0, 0.0])
    assert pose_sets.coverage(canonical[:10], near, 0.06) == 100
    assert pose_sets.coverage(canonical[:10], far) == 0
    assert pose_sets.coverage(torch.cat([near, far]), canonical[:10]) == 50
    many = canonical.repeat(6, 1, 1)    # more than are compared at once
    assert pose_sets.coverage(many, canonical, 0.001) == 100


def test_one_sample_over_and_over_is_near_real_and_covers_little(canonical):
    """Fidelity and coverage are two measures."""
    got = pose_sets.measure_samples(canonical[:1].repeat(50, 1, 1), canonical, canonical)
    assert got["near_real"] == 100
    assert 0.5 <= got["coverage"] < 50
    assert got["diversity"] == 0


def test_diversity_never_compares_a_pose_with_itself(canonical, rng):
    two = canonical[:2]
    assert pose_sets.diversity(two, rng) == pytest.approx(1000 * mpjpe(two[0], two[1]).item(), rel=1e-5)
    assert pose_sets.diversity(canonical[:1].repeat(50, 1, 1), rng) == 0
    every = pose_sets.distances(canonical, canonical).sum() / (200 * 199)
    assert pose_sets.diversity(canonical.repeat(10, 1, 1), rng) == pytest.approx(1000 * every.item(), rel=0.03)


def test_samples_have_the_spread_of_the_training_codes(canonical, pca, rng):
    z = pca.encode(latent_space.samples(pca, canonical, 20000, rng))[0]
    real = pca.encode(canonical)[0]
    assert z.mean(0) == pytest.approx(real.mean(0), abs=0.02)
    assert z.std(0) == pytest.approx(real.std(0), rel=0.03)


# --- side by side -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(poses):
    return poses.float()[::2], poses.float()[1::2]


@pytest.fixture(scope="module")
def rows(world, canonical, pca):
    spaces = {"PCA": pca, "fewer": PCA(canonical, 3)}
    return latent_space.compare(spaces, *world, n=100, pairs=20)


def test_compare_gives_every_measure(rows):
    without = set(latent_space.MEASURES) - {"lifted"}
    assert set(rows) == {"PCA", "fewer", "real poses"}
    assert set(rows["PCA"]) == set(rows["fewer"]) == without
    assert all(math.isfinite(value) for row in rows.values() for value in row.values())
    assert rows["fewer"]["reconstruction"] > rows["PCA"]["reconstruction"]
    assert rows["real poses"]["backwards"] == 0
    assert rows["real poses"]["asymmetry"] < 1 < rows["PCA"]["asymmetry"]


def test_compare_gives_the_same_twice_and_needs_no_gradients(world, canonical, rows):
    again = latent_space.compare({"PCA": PCA(canonical, 8)}, *world, n=100, pairs=20)
    assert again["PCA"] == rows["PCA"]
    torch.manual_seed(0)
    vae = PoseVAE(4, 16, 1)
    latent_space.compare({"vae": vae}, *world, n=20, pairs=5)
    assert all(p.grad is None for p in vae.parameters())


def test_compare_does_not_care_where_people_stand(world, pca, rows):
    turn = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    moved = [poses @ turn.T + torch.tensor([3.0, 0.0, -2.0]) for poses in world]
    again = latent_space.compare({"PCA": pca}, *moved, n=100, pairs=20)
    assert list(again["PCA"].values()) == pytest.approx(list(rows["PCA"].values()), rel=1e-2, abs=0.1)


def test_lifting_is_trained_for_each_space_and_leaves_it_alone(world, canonical):
    """More steps bring the error down; gradients are there though compare works without."""
    torch.manual_seed(0)
    space = Scaled(PCA(canonical, 16), torch.nn.Parameter(torch.eye(16)))
    errors = [latent_space.compare({"a": space}, *world, n=20, pairs=5, lift_steps=k)["a"]["lifted"] for k in (5, 100)]
    assert errors[1] < 0.8 * errors[0]
    assert torch.equal(space.matrix.detach(), torch.eye(16))


def test_the_table_has_a_line_a_measure(rows):
    table = latent_space.as_table(rows).splitlines()
    assert table[0] == "|  | PCA | fewer | real poses |"
    assert len(table) == 2 + len(latent_space.MEASURES) - 1
    assert len({line.count("|") for line in table}) == 1
    assert f"| reconstruction, MPJPE (mm) | {rows['PCA']['reconstruction']:.1f} |" in table[2]
    assert table[2].endswith("|  |")


def test_smoothness_is_plotted_for_each_space(canonical, pca):
    axes = latent_space.plot_smoothness({"PCA": pca, "fewer": PCA(canonical, 3)}, canonical, canonical)
    for ax in axes:
        assert [line.get_label() for line in ax.lines] == ["PCA", "fewer"]
    noise = axes[0].lines[0].get_ydata()
    assert noise[0] == 0
    assert noise[-1] == pytest.approx(2 * noise[5], rel=1e-4)    # PCA is linear
    change = axes[1].lines[0].get_ydata()
    assert change[0] == pytest.approx(0, abs=1e-4)
    assert change[10] > change[3] > 0


def test_a_seed_gives_the_same_umap_twice(recwarn):
    from vvipe_explore import latent

    z = torch.randn(120, 6, generator=torch.Generator().manual_seed(0))
    threads = torch.get_num_threads()
    first, again, other = (latent.layout(z, "umap", seed=seed)[0] for seed in (5, 5, 6))
    assert torch.get_num_threads() == threads
    assert first.shape == (120, 2)
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)
    assert not [warning for warning in recwarn if "n_jobs" in str(warning.message)]


# --- what notebook 02 draws and counts ----------------------------------------------------------


def test_length_change_by_hand(canonical):
    grown = torch.stack([canonical, 1.1 * canonical, 0.7 * canonical])
    assert latent_space.length_change(grown, canonical) == pytest.approx(torch.tensor([0.0, 10.0, 30.0]), abs=1e-3)


def test_order_is_full_where_embedding_distance_is_pose_distance_and_none_at_random(canonical):
    """Poses that bend one arm more and more: their own place on that way orders them, a shuffled place does not."""
    ramp = torch.linspace(0, 1, 40)
    bent = canonical[:1].repeat(40, 1, 1)
    bent[:, 5] += 0.3 * ramp[:, None] * torch.tensor([0.0, 1.0, 0.0])
    z = ramp[:, None]
    rank, hit = latent_space.order_and_hit(z, bent, z, bent)
    assert rank > 0.99
    assert hit == 100
    shuffled = z[torch.randperm(40, generator=torch.Generator().manual_seed(0))]
    assert latent_space.order_and_hit(shuffled, bent, z, bent)[0] < 0.5


def test_a_hit_must_be_the_same_pose(canonical, pca):
    five = canonical[:5]
    far = canonical[[int(mpjpe(canonical[:, None], five).amin(1).argmax())]]
    z, place = torch.arange(5.0)[:, None], torch.zeros(1, 1)
    assert latent_space.order_and_hit(z, five, place, far)[1] == 0
    assert latent_space.order_and_hit(z, five, z, five)[1] == 100


def test_triplets_of_a_batch_by_hand(canonical, pca):
    """Three poses on a line, 10 and 30 mm from the first: its positive is the second, its negative the third."""
    line = canonical[:1].repeat(3, 1, 1)
    line[1] += torch.tensor([0.01, 0, 0])
    line[2] += torch.tensor([0.03, 0, 0])
    facts, trio = latent_space.triplets(pca, line)
    assert facts["near"] == pytest.approx((10 + 10 + 20) / 3, rel=1e-3)
    assert facts["ratio"] == pytest.approx(2, rel=1e-3)  # 3, 2 and 1.5
    assert facts["valid"] == facts["active"] == 1
    assert mpjpe(trio[1:], trio[0]).tolist() == pytest.approx([0.01, 0.02], rel=1e-3)


def test_one_pose_over_and_over_has_no_triplet(canonical, pca):
    facts, _ = latent_space.triplets(pca, canonical[:1].repeat(8, 1, 1))
    assert facts["valid"] == facts["active"] == facts["loss"] == 0


def test_the_table_can_be_folded(rows):
    whole, folded = latent_space.as_table(rows), latent_space.as_table(rows, ["noise", "reconstruction"])
    assert len(folded.splitlines()) == 4
    assert set(folded.splitlines()) < set(whole.splitlines())


def test_a_space_is_drawn_with_its_error_and_its_random_places(canonical, pca):
    import matplotlib.pyplot as plt

    five = canonical[:5]
    left, right = latent_space.draw_space(pca, five, "PCA", places=3)
    assert left.get_title(loc="left") == f"PCA: off by {latent_space.reconstruction(pca, five):.0f} mm"
    bones = len(left.lines) // 10  # each of the five poses stands over its ghost
    assert len(right.lines) == 3 * bones
    for ax in (left, right):  # room for the heads, which are dots about their joints
        low, high = ax.dataLim.intervaly
        assert ax.get_ylim()[1] > high + 0.1 * (high - low)
    latent_space.show_weight({0.5: pca}, five, 0.5)
    assert plt.gcf().axes[0].get_title(loc="left").startswith("KL weight 0.5: off by ")
    plt.close("all")
