"""The training loop: it learns, it stops and goes on without loss, and it says what went wrong."""

import math
import signal

import pytest
import torch
from torch import nn

from vvipe_explore import datasets
from vvipe_explore.alignment import canonicalise
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.training import loop, objectives
from vvipe_explore.training.augment import Augmentation
from vvipe_explore.training.detector_errors import DetectorErrors
from vvipe_explore.training.loop import Checkpoint, fit
from vvipe_explore.training.projected_poses import ProjectedPoses, similar_rows, with_mirrored


@pytest.fixture(scope="module")
def few(poses):
    """Sixteen poses, float32, world."""
    return poses[::13][:16].float()


@pytest.fixture(scope="module")
def canonical(few):
    return canonicalise(few).poses


def vae_objective(canonical, seed=0, **options):
    torch.manual_seed(seed)
    return objectives.VAEObjective(PoseVAE(latent=8, width=32, blocks=1), canonical, canonical, batch=16, **options)


def weights(objective):
    return torch.cat([p.detach().flatten() for p in objective.network.parameters()])


def run(objective, steps=40, **options):
    return fit(objective, steps, progress=False, **{"lr": 3e-3, "seed": 0, "reports": 4, **options})


class Interrupted:
    """An objective that is stopped by Ctrl-C when the losses are asked for the k-th time."""

    def __init__(self, objective, at):
        self.objective, self.network, self.left = objective, objective.network, at

    def losses(self, generator):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return self.objective.losses(generator)

    def score(self):
        return self.objective.score()

    def fingerprint(self):
        return self.objective.fingerprint()


class Scripted:
    """An objective whose one weight follows its losses, and whose scores come from a list."""

    def __init__(self, scores=(), spoil_at=None, spoilt="kl"):
        self.network = nn.Linear(1, 1, bias=False)
        self.scores, self.spoil_at, self.spoilt, self.step = list(scores), spoil_at, spoilt, 0
        self.seen = []

    def losses(self, generator):
        loss = self.network.weight.sum() + 0 * torch.rand((), generator=generator)
        parts = {"reconstruction": torch.tensor(0.5), "kl": torch.tensor(2.0)}
        if self.step == self.spoil_at:
            loss = loss * math.nan
            if self.spoilt:
                parts[self.spoilt] = torch.tensor(math.nan)
        self.step += 1
        return {"loss": loss, **parts}

    def score(self):
        self.seen.append(self.network.weight.item())
        return self.scores.pop(0)

    def fingerprint(self):
        return "scripted"


def test_vae_learns_a_few_poses_by_heart(canonical):
    objective = vae_objective(canonical, mirrored=False, kl_weight=1e-6, triplet_weight=0.0)
    before = objective.score()
    history = run(objective, 600)
    assert history.finished
    assert objective.score() == pytest.approx(history.best_score)
    assert objective.score() < before / 4
    curve = history.curves["reconstruction"]
    assert curve[-1] < curve[0] / 4


@pytest.mark.parametrize("kind", ["embedding", "direct"])
def test_keypoint_networks_learn_a_few_poses_by_heart(kind, few, canonical):
    torch.manual_seed(0)
    four = few[::4]
    projected = ProjectedPoses(four, random_cameras=False, errors=DetectorErrors(missing_prob=0.0), batch=64)
    if kind == "direct":
        objective = objectives.KeypointObjective(KeypointEncoder(39, 64, 1), projected, four)
    else:
        vae = vae_objective(canonical)
        run(vae, 100)
        frozen = weights(vae)
        vae.network.requires_grad_(False)
        objective = objectives.KeypointObjective(KeypointEncoder(8, 64, 1), projected, four, vae.network)
    before = objective.score()
    history = run(objective, 200)
    assert objective.score() < before / 2
    assert history.curves["loss"][-1] < history.curves["loss"][0] / 2
    if kind == "embedding":
        assert torch.equal(weights(vae), frozen)   # the decoder stays as it was


def test_detected_keypoints_and_missing_joints_go_in(few, canonical):
    torch.manual_seed(0)
    vae = vae_objective(canonical).network
    projected = ProjectedPoses(few, errors=DetectorErrors(detected=True, missing_prob=1.0), batch=64)
    objective = objectives.KeypointObjective(KeypointEncoder(8, 16, 1), projected, few, vae)
    losses = objective.losses(torch.Generator().manual_seed(0))
    assert all(torch.isfinite(v) for v in losses.values())
    assert torch.isfinite(objective.held_keypoints).all()
    assert (objective.held_confidence == 0).any()


@pytest.mark.parametrize(("missing", "most"), [(0.0, 4), (1.0, 1), (1.0, 5)])
def test_so_many_joints_go_missing(missing, most, few):
    projected = ProjectedPoses(few, errors=DetectorErrors(missing_prob=missing, max_missing=most))
    _, confidence = projected.see_in_training(few.repeat(50, 1, 1), torch.Generator().manual_seed(0))
    gone = (confidence == 0).sum(1)
    assert set(gone.tolist()) == (set(range(1, most + 1)) if missing else {0})


def test_a_batch_of_similar_poses_is_groups_of_neighbours(poses):
    many = canonicalise(poses.float()).poses
    rows = similar_rows(many, 510, 3, torch.Generator().manual_seed(0)).unflatten(0, (170, 3))
    assert rows.min() >= 0
    assert rows.max() < len(many)
    apart = torch.cdist(many.flatten(1), many.flatten(1))
    within = apart[rows[:, :1], rows[:, 1:]]
    assert len(rows[:, 0].unique()) > 40
    assert within.mean() < 0.75 * apart.mean()
    assert (within.diff(dim=1) >= 0).all()  # nearest first


def test_a_batch_is_so_many_groups(few):
    assert len(ProjectedPoses(few, batch=64, similar=16).sample(torch.Generator().manual_seed(0))[0]) == 64
    with pytest.raises(ValueError, match="groups of similar poses"):
        ProjectedPoses(few, batch=64, similar=12)


@pytest.mark.parametrize("differ", [0.0, 0.3, 1.0])
def test_so_many_poses_stand_on_another_body(few, differ):
    projected = ProjectedPoses(few, augmentation=Augmentation(length_spread=0.1), batch=512)
    world, canonical, _ = projected.sample(torch.Generator().manual_seed(0), 2, differ)
    for made in (world, canonical):
        first, second = made.chunk(2)
        other = (first != second).flatten(1).any(1).float().mean()
        assert abs(other - differ) < 0.07


def test_losses_add_up_as_written(canonical, few):
    objective = vae_objective(canonical, kl_weight=0.5, triplet_weight=0.25)
    got = objective.losses(torch.Generator().manual_seed(0))
    total = got["reconstruction"] + 0.5 * got["kl"] + 0.25 * got["triplet"]
    assert got["loss"].item() == pytest.approx(total.item())
    encoder, projected = KeypointEncoder(8, 16, 1), ProjectedPoses(few, batch=16)
    two = objectives.KeypointObjective(encoder, projected, few, objective.network, pose_weight=10.0)
    got = two.losses(torch.Generator().manual_seed(0))
    assert got["loss"].item() == pytest.approx(10 * got["pose"].item() + got["embedding"].item())


def test_batches_hold_mirrored_poses_too(few):
    from vvipe_explore.skeleton import mirror

    both = with_mirrored(few)
    assert torch.equal(both[:16], few)
    assert torch.equal(both[16:], mirror(few))


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_one_seed_gives_the_same_weights(canonical, average):
    first, again, other = vae_objective(canonical), vae_objective(canonical), vae_objective(canonical)
    run(first, 20, average=average)
    run(again, 20, average=average)
    run(other, 20, average=average, seed=1)
    assert torch.equal(weights(first), weights(again))
    assert not torch.equal(weights(first), weights(other))


@pytest.mark.parametrize("average", [0.0, 0.9])
@pytest.mark.parametrize("stop", [3, 20, 27])
def test_a_resumed_run_ends_with_the_same_bits(canonical, tmp_path, average, stop):
    whole = vae_objective(canonical)
    unbroken = run(whole, 40, average=average)
    path = tmp_path / "c.safetensors"
    first = run(Interrupted(vae_objective(canonical), stop), 40, average=average, checkpoint=Checkpoint(path))
    assert not first.finished
    assert first.step == stop
    resumed = vae_objective(canonical, seed=99)   # other initial weights: all must come from the checkpoint
    second = run(resumed, 40, average=average, checkpoint=Checkpoint(path))
    assert second.finished
    assert torch.equal(weights(whole), weights(resumed))
    assert second == unbroken


def test_a_finished_run_is_not_run_again(canonical, tmp_path):
    path = tmp_path / "c.safetensors"
    objective = vae_objective(canonical)
    run(objective, 20, checkpoint=Checkpoint(path))
    again = vae_objective(canonical, seed=9)
    history = run(Interrupted(again, 0), 20, checkpoint=Checkpoint(path))
    assert history.finished
    assert torch.equal(weights(again), weights(objective))


def test_an_interrupt_keeps_the_best(tmp_path):
    """Scores 5, 1, 3 at steps 2, 4, 6; stopped at step 7: the weight of step 4 is kept, and the checkpoint written."""
    objective = Scripted([5.0, 1.0, 3.0])
    path = tmp_path / "c.safetensors"
    history = fit(Interrupted(objective, 7), 10, reports=5, checkpoint=Checkpoint(path), progress=False)
    assert (history.finished, history.step, history.best_step, history.best_score) == (False, 7, 4, 1.0)
    assert objective.network.weight.item() == objective.seen[1]
    assert len(set(objective.seen)) == 3
    assert not objective.network.training
    assert [p.name for p in tmp_path.iterdir()] == ["c.safetensors"]


def test_an_interrupt_while_scoring_loses_nothing(canonical, tmp_path):
    """The averaged weights are in the network at that moment; the checkpoint must hold the plain ones."""
    whole = vae_objective(canonical)
    run(whole, 20, average=0.9)
    path = tmp_path / "c.safetensors"
    stopped = vae_objective(canonical)
    score, calls = stopped.score, []

    def interrupted():
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return score()

    stopped.score = interrupted
    assert not run(stopped, 20, average=0.9, checkpoint=Checkpoint(path)).finished
    resumed = vae_objective(canonical, seed=99)
    run(resumed, 20, average=0.9, checkpoint=Checkpoint(path))
    assert torch.equal(weights(resumed), weights(whole))


def test_an_interrupt_before_the_first_report_is_harmless(tmp_path):
    objective = Scripted()
    start = objective.network.weight.item()
    history = fit(Interrupted(objective, 0), 10, checkpoint=Checkpoint(tmp_path / "c.safetensors"), progress=False)
    assert (history.step, history.finished) == (0, False)
    assert objective.network.weight.item() == start


@pytest.mark.parametrize(("spoilt", "cause"), [("kl", "kl"), (None, "the weights, which overflowed")])
def test_nan_stops_with_step_and_cause(spoilt, cause, tmp_path):
    objective = Scripted([2.0, 1.0], spoil_at=5, spoilt=spoilt)
    path = tmp_path / "c.safetensors"
    with pytest.raises(FloatingPointError, match=f"training stopped at step 5: .*the cause is {cause}") as caught:
        fit(objective, 10, reports=5, checkpoint=Checkpoint(path), progress=False)
    assert "reconstruction 0.5" in str(caught.value)
    assert "lower the learning rate" in str(caught.value)
    assert objective.network.weight.item() == objective.seen[1]   # the best, of step 4
    assert path.is_file()


def test_checkpoint_of_another_run_is_refused(canonical, tmp_path):
    path = tmp_path / "c.safetensors"
    run(vae_objective(canonical), 4, checkpoint=Checkpoint(path, {"name": "vae"}))
    for change in ({"steps": 8}, {"seed": 1}, {"lr": 1e-4}, {"identity": {"name": "other"}}):
        options = {"steps": 4, "identity": {"name": "vae"}, **change}
        checkpoint = Checkpoint(path, options.pop("identity"))
        with pytest.raises(ValueError, match="is the checkpoint of another run.*delete it to start anew") as caught:
            run(vae_objective(canonical), options.pop("steps"), checkpoint=checkpoint, **options)
        assert str(path) in str(caught.value)


def test_checkpoint_of_other_data_is_refused(canonical, tmp_path):
    path = tmp_path / "c.safetensors"
    run(vae_objective(canonical), 4, checkpoint=Checkpoint(path))
    moved = canonical.clone()
    moved[3, 5, 0] += 0.001
    with pytest.raises(ValueError, match="checkpoint of another run: data .*fingerprint .*, not data .*fingerprint"):
        run(vae_objective(moved), 4, checkpoint=Checkpoint(path))


def test_damaged_checkpoint_is_named(canonical, tmp_path):
    path = tmp_path / "c.safetensors"
    run(vae_objective(canonical), 4, checkpoint=Checkpoint(path))
    whole = path.read_bytes()
    path.write_bytes(whole[:-50])
    with pytest.raises(ValueError, match=r"c\.safetensors is damaged .*; delete it to start anew"):
        run(vae_objective(canonical), 4, checkpoint=Checkpoint(path))
    path.write_bytes(whole[:-50] + bytes([whole[-50] ^ 1]) + whole[-49:])
    with pytest.raises(ValueError, match=r"does not match the hash in it; delete it to start anew"):
        run(vae_objective(canonical), 4, checkpoint=Checkpoint(path))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["losses", "score"])
def test_a_signal_waits_for_the_step_and_the_run_ends_the_same(number, moment, canonical, tmp_path):
    """It comes in the middle of a step, after random numbers were taken, or of scoring."""
    whole = vae_objective(canonical)
    unbroken = run(whole, 20, average=0.9)
    checkpoint = Checkpoint(tmp_path / "c.safetensors")
    broken, calls = vae_objective(canonical), []
    inner = getattr(broken, moment)

    def signalled(*arguments):
        calls.append(1)
        if len(calls) == 3:
            signal.raise_signal(number)
        return inner(*arguments)

    setattr(broken, moment, signalled)
    before = signal.getsignal(number)
    assert not run(broken, 20, average=0.9, checkpoint=checkpoint).finished
    assert signal.getsignal(number) is before
    resumed = vae_objective(canonical, seed=99)
    assert run(resumed, 20, average=0.9, checkpoint=checkpoint) == unbroken
    assert torch.equal(weights(whole), weights(resumed))


def test_an_interrupt_after_random_numbers_were_taken_loses_nothing(canonical, tmp_path):
    """KeyboardInterrupt itself, as a second Ctrl-C raises it, in the middle of the losses."""
    whole = vae_objective(canonical)
    run(whole, 20)
    checkpoint = Checkpoint(tmp_path / "c.safetensors")
    broken, left = vae_objective(canonical), [7]
    losses = broken.losses

    def interrupted(generator):
        made = losses(generator)
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return made

    broken.losses = interrupted
    assert not run(broken, 20, checkpoint=checkpoint).finished
    resumed = vae_objective(canonical, seed=99)
    run(resumed, 20, checkpoint=checkpoint)
    assert torch.equal(weights(whole), weights(resumed))


def test_an_interrupt_in_the_middle_of_a_step_saves_no_half_step(canonical, tmp_path, monkeypatch):
    """A second Ctrl-C, after the optimiser has moved the weights: the run resumes from the report before."""
    whole = vae_objective(canonical)
    run(whole, 20, average=0.9)
    checkpoint = Checkpoint(tmp_path / "c.safetensors")
    moves, inner = [], torch.optim.AdamW.step

    def interrupted(self, *arguments):
        inner(self, *arguments)
        moves.append(1)
        if len(moves) == 8:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", interrupted)
        assert not run(vae_objective(canonical), 20, average=0.9, checkpoint=checkpoint).finished
    resumed = vae_objective(canonical, seed=99)
    run(resumed, 20, average=0.9, checkpoint=checkpoint)
    assert torch.equal(weights(whole), weights(resumed))


def test_what_an_interrupt_leaves_is_said_truly(tmp_path, capsys):
    fit(Interrupted(Scripted(), 0), 10, checkpoint=Checkpoint(tmp_path / "c.safetensors"), progress=False, name="a")
    fit(Interrupted(Scripted([5.0, 1.0, 3.0]), 7), 10, reports=5, progress=False, name="b")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("a: stopped at step 0 of 10; no weights were scored yet")
    assert first.endswith("c.safetensors resumes the run.")
    assert second == "b: stopped at step 7 of 10; the network has the weights of step 4, the best so far."


def test_history_holds_every_loss_at_every_report(canonical):
    history = run(vae_objective(canonical), 20)
    assert history.curves.keys() == {"step", "loss", "reconstruction", "kl", "triplet", "active", "score"}
    assert history.curves["step"] == [5, 10, 15, 20]
    assert history.best_score == min(history.curves["score"])
    assert all(0 <= a <= 1 for a in history.curves["active"])


def test_learning_rate_by_hand():
    """100 steps: 3 of warm-up, the peak, half of it half way, almost nothing at the end."""
    rates = [loop.learning_rate(step, 100, 3.0) for step in range(100)]
    assert rates[:4] == pytest.approx([1, 2, 3, 3])
    assert loop.learning_rate(3 + 97 // 2, 100, 3.0) == pytest.approx(1.5, abs=0.03)
    assert 0 < rates[-1] < 0.001
    assert loop.learning_rate(100, 100, 3.0) == pytest.approx(0)
    assert loop.learning_rate(0, 1, 3.0) == 3.0


def test_collapse_of_the_posterior_is_said_in_words(canonical):
    objective = vae_objective(canonical, kl_weight=100.0)
    run(objective, 150)
    assert "The posterior has collapsed" in objective.collapse()
    assert "Lower kl_weight" in objective.collapse()


def test_collapse_of_the_variance_is_said_in_words(canonical):
    objective = vae_objective(canonical, kl_weight=0.0)
    with torch.no_grad():
        objective.network.encoder[-1].bias[8:] -= 100
    assert "The variance has collapsed" in objective.collapse()
    assert "Raise kl_weight" in objective.collapse()


def test_unused_dimensions_are_counted_and_health_is_silent(canonical):
    objective = vae_objective(canonical)
    last = objective.network.encoder[-1]
    with torch.no_grad():
        last.weight[:8] *= 5
        last.bias[8:] = -3
        assert objective.collapse() == ""
        last.weight[[0, 1, 8, 9]] = 0
        last.bias[[0, 1, 8, 9]] = 0
    assert objective.collapse().startswith("6 of 8 dimensions carry information")


def test_contrastive_training_draws_views_together_and_learns_a_metric():
    torch.manual_seed(0)
    poses = torch.from_numpy(datasets.load("synthetic").poses[::60])
    vae = PoseVAE(6, 32, 1).requires_grad_(False)
    encoder = KeypointEncoder(6, 48, 1)
    projected = ProjectedPoses(
        poses, augmentation=Augmentation(0.05, 0.3), errors=DetectorErrors(missing_prob=0.0), batch=64
    )
    objective = objectives.KeypointObjective(encoder, projected, poses[:20], vae, contrastive=0.5)
    history = loop.fit(objective, 120, lr=3e-3, reports=12, progress=False)
    curve = history.curves["contrastive"]
    assert curve[-1] < 0.8 * curve[0]
    assert objective.learned_metric().shape == (6, 6)
    spread = (objective.targets @ objective.learned_metric().T).var(0).mean()
    torch.testing.assert_close(spread, torch.tensor(1.0), rtol=1e-3, atol=1e-3)
