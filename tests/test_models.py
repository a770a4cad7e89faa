"""The networks, and models on disk: what comes back is what was written, or an error that names the file."""

import errno
import functools
import json

import numpy as np
import pytest
import ship_weights
import torch
from scipy.spatial.transform import Rotation

import vvipe_explore as vv
from vvipe_explore import _arrays, _files, cameras, latent
from vvipe_explore.alignment import canonicalise
from vvipe_explore.keypoints import normalise
from vvipe_explore.models import networks, storage
from vvipe_explore.models.baselines import DirectLifter
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE, ResidualBlock
from vvipe_explore.models.prvipe import PrVIPE
from vvipe_explore.models.test_time import Averaged, Unsure, rotate_keypoints
from vvipe_explore.models.vvipe import VVIPE
from vvipe_explore.skeleton import mirror

KINDS = ("vvipe", "without encoder", "direct")


def make(kind="vvipe", seed=0):
    torch.manual_seed(seed)
    if kind == "direct":
        return DirectLifter(KeypointEncoder(39, width=16, blocks=1)).eval()
    model = VVIPE(PoseVAE(latent=4, width=16, blocks=1), about={"note": "made in a test"})
    model.latent_mean.copy_(torch.randn(4))
    if kind == "vvipe":
        model.keypoint_encoder = KeypointEncoder(latent=4, width=24, blocks=2)
    return model.eval()


@pytest.fixture
def model():
    return make()


@pytest.fixture(scope="module")
def seen(poses):
    return cameras.view(poses[:10], cameras.fixed_orbit([cameras.UNSEEN[1]])).float()


def test_shapes(model, poses, seen):
    assert model.latent_dim == 4
    assert model.embed_poses(poses[:10]).shape == (10, 4)
    assert model.embed_poses(poses[:10].reshape(2, 5, 13, 3)).shape == (2, 5, 4)
    assert model.embed_poses(poses[0]).shape == (4,)
    assert model.embed_keypoints(seen).shape == (10, 4)
    assert model.embed_keypoints(seen, torch.ones(10, 13)).shape == (10, 4)
    assert model.lift(seen[0]).shape == (13, 3)
    assert model.decode(torch.zeros(2, 3, 4)).shape == (2, 3, 13, 3)
    assert model.sample(6).shape == (6, 13, 3)
    direct = make("direct")
    assert direct.embed_keypoints(seen).shape == (10, 39)
    assert torch.equal(direct.lift(seen), direct.embed_keypoints(seen).reshape(10, 13, 3))


def mirror_differences(vae, encoder, x):
    """How far each network is from treating left and right alike."""
    swap, flip, z = networks.swapped, mirror, torch.randn(len(x), 4, generator=torch.Generator().manual_seed(1))
    pairs = [*zip(vae.encode(x), vae.encode(flip(x)), strict=True)]
    pairs += zip(encoder.both(x), encoder.both(flip(x)), strict=True)
    off = [(swap(here) - there).abs().max().item() for here, there in pairs]
    return [*off, (flip(vae.decode(z)) - vae.decode(swap(z))).abs().max().item()]


@pytest.mark.parametrize("alike", [True, False])
def test_sides_alike_before_and_after_training_on_one_side(poses, alike):
    torch.manual_seed(0)
    vae, encoder = PoseVAE(4, 16, 1, sides_alike=alike), KeypointEncoder(4, 24, 2, True, sides_alike=alike)
    weights = [*vae.parameters(), *encoder.parameters()]
    x = canonicalise(poses[:10]).poses.float()
    optimiser = torch.optim.AdamW(weights, lr=1e-2)
    for _ in range(20):
        decoded, mu, _ = vae(x)
        z, log_var = encoder.both(x)
        loss = (decoded - x).square().mean() + (z - mu.detach()).square().mean() + (log_var - 1).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    off = mirror_differences(vae, encoder, x)
    assert max(off) < 1e-5 if alike else min(off) > 1e-3


def test_sides_alike_comes_back_from_its_file(tmp_path, seen):
    torch.manual_seed(0)
    model = VVIPE(PoseVAE(4, 16, 1, sides_alike=True)).eval()
    model.keypoint_encoder = KeypointEncoder(4, 24, 2, sides_alike=True).eval()
    model.save(tmp_path / "model.safetensors")
    loaded = storage.load(tmp_path / "model.safetensors")
    assert loaded.vae.config["sides_alike"]
    assert torch.equal(loaded.lift(seen), model.lift(seen))


def test_halves_give_what_the_whole_matrix_gives():
    torch.manual_seed(0)
    layer = torch.nn.Linear(6, 10)
    networks.make_sides_alike(layer, networks.swapped, networks.swapped)
    x = torch.randn(7, 6)
    assert type(layer) is networks.HalvesLinear
    torch.testing.assert_close(layer(x), x @ layer.weight.T + layer.bias)


def test_halves_learn_as_the_whole_matrix_does():
    """The gradient of the tied weights is the same, computed from halves or from the whole matrix."""
    gradients = []
    for whole in (True, False):
        torch.manual_seed(0)
        layer = torch.nn.Linear(6, 10)
        networks.make_sides_alike(layer, networks.swapped, networks.swapped)
        if whole:
            layer.__class__ = torch.nn.Linear
        layer(torch.randn(7, 6)).sin().sum().backward()
        gradients.append(layer.weight.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("upright", [True, False])
def test_an_upright_encoder_does_not_mind_a_roll_of_the_camera(tmp_path, seen, upright):
    torch.manual_seed(0)
    model = VVIPE(PoseVAE(4, 16, 1)).eval()
    model.keypoint_encoder = KeypointEncoder(4, 24, 2, log_var=True, upright=upright).eval()
    model.save(tmp_path / "model.safetensors")
    loaded = storage.load(tmp_path / "model.safetensors")
    z = loaded.embed_keypoints(seen)
    assert torch.equal(z, model.embed_keypoints(seen))
    off = (loaded.embed_keypoints(rotate_keypoints(seen, 40.0)) - z).abs().max()
    assert off < 1e-5 if upright else off > 1e-3
    features = normalise(seen).flatten(-2)
    torch.testing.assert_close(loaded.networks()["keypoint_encoder"](features), z)


def test_weights_of_sides_alike_start_as_wide_as_others():
    spreads = []
    for alike in (True, False):
        torch.manual_seed(0)
        spreads.append(KeypointEncoder(32, 256, 1, sides_alike=alike).net[1].first.weight.std())
    torch.testing.assert_close(*spreads, rtol=0.02, atol=0)


def test_empty_batches(model):
    assert model.embed_poses(np.zeros((0, 13, 3))).shape == (0, 4)
    assert model.embed_keypoints(np.zeros((0, 13, 2)), np.zeros((0, 13))).shape == (0, 4)
    assert model.lift(torch.zeros(0, 13, 2)).shape == (0, 13, 3)
    assert model.decode(torch.zeros(0, 4)).shape == (0, 13, 3)
    assert model.sample(0).shape == (0, 13, 3)


def test_kind_follows_the_input(model, poses, seen):
    for method, value in (
        ("embed_poses", poses[:10]), ("embed_keypoints", seen), ("lift", seen), ("decode", torch.ones(10, 4)),
    ):  # fmt: skip
        function = getattr(model, method)
        from_torch, from_numpy = function(value), function(value.numpy())
        assert isinstance(from_torch, torch.Tensor)
        assert isinstance(from_numpy, np.ndarray)
        assert np.array_equal(from_torch.detach().numpy(), from_numpy)
        assert function(value.double()).dtype == torch.float32


def test_lift_is_decode_of_embed_keypoints(model, seen):
    confidence = torch.ones(10, 13)
    confidence[:, 3] = 0
    assert torch.equal(model.lift(seen, confidence), model.decode(model.embed_keypoints(seen, confidence)))
    assert not torch.equal(model.lift(seen, confidence), model.lift(seen))


def test_embed_poses_forgets_place_direction_and_size(model, poses):
    rotation = torch.from_numpy(Rotation.random(200, rng=np.random.default_rng(0)).as_matrix())
    copies = 170 * poses @ rotation.mT + 40
    assert (model.embed_poses(copies) - model.embed_poses(poses)).abs().max() < 1e-5


def test_embed_keypoints_never_reads_missing_joints(model, seen):
    confidence = torch.ones(10, 13)
    confidence[:, [5, 8]] = 0
    spoilt = seen.clone()
    spoilt[:, [5, 8]] = torch.nan
    assert torch.equal(model.embed_keypoints(spoilt, confidence), model.embed_keypoints(seen, confidence))


def test_each_frame_is_embedded_alone(model, seen):
    assert torch.allclose(model.embed_keypoints(seen)[3], model.embed_keypoints(seen[3]), atol=1e-6)


def test_vae_adds_noise_of_its_variance_and_is_seeded(poses):
    vae = make().vae
    canonical = vv.alignment.canonicalise(poses).poses.float()
    decoded, mu, log_var = vae(canonical, torch.Generator().manual_seed(0))
    again, *_ = vae(canonical, torch.Generator().manual_seed(0))
    other, *_ = vae(canonical, torch.Generator().manual_seed(1))
    assert torch.equal(decoded, again)
    assert not torch.equal(decoded, other)
    eps = torch.randn(mu.shape, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(decoded, vae.decode(mu + (log_var / 2).exp() * eps))


def test_log_variance_is_bounded(poses):
    vae = make().vae
    with torch.no_grad():
        vae.encoder[-1].bias += 1000
    assert vae.encode(poses.float())[1].max() == 6


@pytest.mark.parametrize(("activation", "wanted"), [("relu", [-1, 2]), ("silu", [-1.268941, 1.731059])])
def test_residual_block_by_hand(activation, wanted):
    """Both weights the identity: norm of (-1, 1) is (-1, 1); ReLU leaves (0, 1) of it, SiLU x / (1 + exp(-x))."""
    block = ResidualBlock(2, activation=activation)
    with torch.no_grad():
        for layer in (block.first, block.second):
            layer.weight.copy_(torch.eye(2))
            layer.bias.zero_()
    assert block(torch.tensor([-1.0, 1.0])).tolist() == pytest.approx(wanted, abs=1e-4)


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match="expected one of relu, silu, got 'tanh'"):
        PoseVAE(activation="tanh")


@pytest.mark.parametrize(("missing", "factor"), [(0, 1.0), (1, 1.02021), (3, 1.06779), (9, 1.34268)])
def test_with_joints_missing_an_embedding_lies_further_out(missing, factor):
    """By (13 / n)^(1/4) from the mean of the training poses, which is not the origin here."""
    model = make()
    model.latent_mean += torch.linspace(-1, 1, len(model.latent_mean))
    keypoints = 100 * torch.randn(4, 13, 2, generator=torch.Generator().manual_seed(0))
    confidence = torch.ones(4, 13)
    confidence[:, :missing] = 0
    given = model.keypoint_encoder(vv.keypoints.normalise(keypoints, confidence)) @ model.metric.T
    z = model.embed_keypoints(keypoints, confidence)
    assert torch.allclose(z - model.latent_mean, factor * (given - model.latent_mean), atol=1e-4)


def test_sample(model):
    first, again, other = (model.sample(5, generator=torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    cold = model.sample(3, temperature=0.0)
    assert torch.allclose(cold, model.decode(model.latent_mean).detach().expand(3, 13, 3), atol=1e-6)
    assert not first.requires_grad


def test_fit_latent_is_the_gaussian_of_the_embeddings(model, poses):
    canonical = vv.alignment.canonicalise(poses).poses.float()
    model.fit_latent(canonical)
    mu, log_var = model.vae.encode(canonical)
    assert torch.allclose(model.latent_mean, mu.mean(0), atol=1e-6)
    covariance = torch.cov(mu.T) + torch.diag(log_var.exp().mean(0))
    assert torch.allclose(model.latent_factor @ model.latent_factor.T, covariance, atol=1e-5)
    draws = torch.randn(20000, 4, generator=torch.Generator().manual_seed(0)) @ model.latent_factor.T
    assert torch.allclose(torch.cov(draws.T), covariance, rtol=0.1, atol=0.02)


def _calls(seen, poses):
    """Every call that takes any number of rows, by name: a function of a part of the rows."""
    torch.manual_seed(0)
    vvipe = make()
    vvipe.keypoint_encoder = KeypointEncoder(latent=4, width=24, log_var=True)
    direct, prvipe, z = make("direct"), PrVIPE(width=16, blocks=1).eval(), torch.randn(10, 4)
    on_keypoints = (
        vvipe.embed_keypoints, vvipe.keypoint_log_var, vvipe.lift, direct.embed_keypoints, direct.lift,
        prvipe.embed_keypoints, Averaged(vvipe).embed_keypoints, Unsure(vvipe).embed_keypoints,
    )  # fmt: skip
    return [(f, seen) for f in on_keypoints] + [(vvipe.embed_poses, poses[:10].float()), (vvipe.decode, z)]


def _gradient(function, data):
    data = data.clone().requires_grad_()
    function(data).square().sum().backward()
    return data.grad


def test_chunks_give_what_the_whole_gives_and_its_gradient(seen, poses, monkeypatch):
    for function, data in _calls(seen, poses):
        whole, gradient, batch = function(data), _gradient(function, data), data.unflatten(0, (2, 5))
        with monkeypatch.context() as patch:
            patch.setattr(_arrays, "CHUNK", 3)
            torch.testing.assert_close(function(data), whole, rtol=1e-6, atol=1e-6)
            torch.testing.assert_close(function(batch), whole.unflatten(0, (2, 5)), rtol=1e-6, atol=1e-6)
            torch.testing.assert_close(_gradient(function, data), gradient, rtol=1e-4, atol=1e-6)
            assert function(data[:0]).shape == (0, *whole.shape[1:])
            assert isinstance(function(data.numpy()), np.ndarray)


def test_no_more_than_a_chunk_goes_through_a_network(seen, poses, monkeypatch):
    monkeypatch.setattr(_arrays, "CHUNK", 3)
    lengths = []
    with torch.nn.modules.module.register_module_forward_hook(lambda module, given, _: lengths.append(len(given[0]))):
        for function, data in _calls(seen, poses):
            lengths.clear()
            function(data)
            assert set(lengths) == {3, 1}, function
        lengths.clear()
        make().fit_latent(poses[:10].float())
        assert set(lengths) == {3, 1}


def test_numpy_keeps_no_gradients(model, seen):
    tracked = []
    model.keypoint_encoder.register_forward_hook(lambda module, given, out: tracked.append(out.requires_grad))
    model.embed_keypoints(seen.numpy())
    model.embed_keypoints(seen)
    assert tracked == [False, True]


def test_an_error_counts_all_chunks(model, poses, monkeypatch):
    monkeypatch.setattr(_arrays, "CHUNK", 3)
    flat = poses[:10].clone()
    flat[[4, 8]] = 1.0
    with pytest.raises(ValueError, match=r"2 of 10 poses have all 13 joints at one point, the first at index \(4,\)"):
        model.embed_poses(flat)


def test_interpolate_by_hand():
    straight = latent.interpolate(np.array([0.0, 2.0]), np.array([4.0, 0.0]), steps=3)
    assert straight.tolist() == [[0, 2], [2, 1], [4, 0]]
    around = latent.interpolate(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0]), steps=3, spherical=True)
    assert around[1].tolist() == pytest.approx([2 * 0.5**0.5] * 2)   # the length goes 1, 2, 3
    assert around[0].tolist() == pytest.approx([1, 0])
    assert around[2].tolist() == pytest.approx([0, 3], abs=1e-6)
    opposite = latent.interpolate(torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 0.0]), 3, spherical=True)
    assert opposite[1].tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"expected two embeddings \(d\), got shapes \(2,\) and \(3,\)"):
        latent.interpolate(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="expected at least 2 steps, the two ends; got 1"):
        latent.interpolate(np.zeros(2), np.ones(2), steps=1)


def test_wrong_inputs(model, poses, seen):
    with pytest.raises(ValueError, match=r"expected z of shape \(..., 4\), this model's embedding, got \(2, 5\)"):
        model.decode(torch.zeros(2, 5))
    with pytest.raises(ValueError, match="expected z as numbers, got the text 'walk'"):
        model.decode("walk")
    with pytest.raises(ValueError, match="got z with 4 values that are NaN"):
        model.decode(torch.full((4,), torch.nan))
    with pytest.raises(ValueError, match="has no 2D encoder: it embeds 3D poses only; train one with vvipe train"):
        make("without encoder").lift(seen)
    with pytest.raises(ValueError, match="2D keypoints; pass 3D poses here"):
        model.embed_poses(seen)
    with pytest.raises(ValueError, match="pass 3D poses to embed_poses"):
        model.embed_keypoints(poses)
    with pytest.raises(ValueError, match="expected the 13 joints .* got 17"):
        model.embed_poses(torch.zeros(17, 3))
    with pytest.raises(ValueError, match=r"expected confidence of shape \(10, 13\), .* got \(9, 13\)"):
        model.lift(seen, torch.ones(9, 13))


@pytest.mark.parametrize("kind", KINDS)
def test_float32_comes_back_exactly(kind, tmp_path, seen):
    model = make(kind)
    model.save(tmp_path / "m.safetensors")
    again = vv.load(tmp_path / "m.safetensors")
    assert type(again) is type(model)
    state = again.state_dict()
    assert state.keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(state[name], tensor), name
    assert not again.training
    assert not any(p.requires_grad for p in again.parameters())
    assert again.about == model.about
    assert [p.name for p in tmp_path.iterdir()] == ["m.safetensors"]
    if kind != "without encoder":
        assert torch.equal(again.lift(seen), model.lift(seen))


@pytest.mark.parametrize("kind", KINDS)
def test_float16_comes_back_within_its_precision(kind, tmp_path):
    model = make(kind)
    model.save(tmp_path / "full.safetensors")
    model.save(tmp_path / "half.safetensors", torch.float16, {"seed": 3})
    again = vv.load(tmp_path / "half.safetensors")
    assert again.dtype == torch.float32
    assert again.about == {**model.about, "seed": 3}
    for name, tensor in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor.half().float()), name
        assert torch.allclose(again.state_dict()[name], tensor, rtol=2**-11, atol=6e-8)
    assert (tmp_path / "half.safetensors").stat().st_size < 0.75 * (tmp_path / "full.safetensors").stat().st_size


def rewrite(path, **changes):
    """Write the model's file again, parts of its description exchanged."""
    tensors, description = _files.read_tensors(path)
    _files.write_tensors(path, tensors, description | changes)


def spoil_byte(path):
    data = bytearray(path.read_bytes())
    data[12] ^= 0xFF   # in the JSON header
    path.write_bytes(data)


def foreign(path):
    from safetensors.torch import save_file

    save_file({"weight": torch.ones(3)}, path)


DAMAGE = {
    "missing": (lambda p: p.unlink(), "expected a file .*mine.safetensors that .* wrote, found none"),
    "empty": (lambda p: p.write_bytes(b""), "is damaged or no safetensors file"),
    "truncated": (lambda p: p.write_bytes(p.read_bytes()[:-100]), "is damaged or no safetensors file"),
    "header cut": (lambda p: p.write_bytes(p.read_bytes()[:40]), "is damaged or no safetensors file"),
    "header spoilt": (spoil_byte, "is damaged or no safetensors file"),
    "text": (lambda p: p.write_text("HIERARCHY ROOT Hips " * 100), "is damaged or no safetensors file"),
    "foreign": (foreign, "expected a file of this library, got another safetensors file"),
    "other format": (lambda p: rewrite(p, format="vvipe-explore/9"), "got 'vvipe-explore/9'"),
    "wrong kind": (lambda p: rewrite(p, kind="diffusion"), "does not hold the model it describes .*'diffusion'"),
    "wrong width": (
        lambda p: rewrite(p, parts={"vae": {"latent": 4, "width": 99, "blocks": 1}}), "does not hold the model",
    ),
    "no parts": (lambda p: rewrite(p, parts={}), "does not hold the model it describes"),
    "odd parts": (lambda p: rewrite(p, parts=["vae"]), "does not hold the model it describes"),
    "odd about": (lambda p: rewrite(p, about="text"), "does not hold the model it describes"),
    "checkpoint": (
        lambda p: _files.write_tensors(p, {"a": torch.ones(1)}, {"checkpoint": {}, "history": {}}), "got None",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_bad_files_are_named(damage, model, tmp_path):
    path = tmp_path / "mine.safetensors"
    model.save(path)
    act, message = DAMAGE[damage]
    act(path)
    with pytest.raises(ValueError, match=message) as caught:
        vv.load(path)
    assert str(path) in str(caught.value)


def test_saving_into_a_folder_that_is_not_there(model, tmp_path):
    with pytest.raises(ValueError, match="expected a folder .*nowhere to write to, found none; make it"):
        model.save(tmp_path / "nowhere" / "m.safetensors")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("there_before", [True, False])
def test_a_failing_save_leaves_the_old_file_and_nothing_else(error, there_before, tmp_path, monkeypatch):
    path = tmp_path / "m.safetensors"
    if there_before:
        make(seed=1).save(path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def half_written(tensors, filename, metadata=None):
        with open(filename, "wb") as file:
            file.write(b"half")
        raise error

    monkeypatch.setattr("safetensors.torch.save_file", half_written)
    with pytest.raises(type(error)):
        make(seed=2).save(path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_saving_over_a_model_replaces_it(tmp_path):
    path = tmp_path / "m.safetensors"
    make(seed=1).save(path)
    make(seed=2).save(path)
    assert torch.equal(vv.load(path).latent_mean, make(seed=2).latent_mean)
    assert (path.stat().st_mode & 0o777) == 0o644


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A weights folder with one model, shipped as the exact one."""
    monkeypatch.setattr(storage, "WEIGHTS", tmp_path)
    monkeypatch.setattr(ship_weights, "WEIGHTS", tmp_path)
    monkeypatch.setattr(ship_weights, "REGISTRY", tmp_path / "registry.json")
    monkeypatch.setattr(ship_weights, "shipped_parts", lambda: {"made": np.zeros((3, 13, 3))})
    ship_weights.ship(make(), "exact")
    return tmp_path


def test_load_pretrained(weights):
    assert isinstance(vv.load_pretrained(keypoints="exact"), VVIPE)


def test_load_pretrained_refuses_another_hash(weights):
    make(seed=5).save(weights / "exact.safetensors", torch.float16)
    with pytest.raises(ValueError, match=r"exact.safetensors are missing or damaged \(wrong SHA-256\); install"):
        vv.load_pretrained("exact")
    (weights / "exact.safetensors").unlink()
    with pytest.raises(ValueError, match="exact.safetensors are missing"):
        vv.load_pretrained("exact")


def test_both_shipped_encoders_share_one_vae(weights):
    other = VVIPE(make().vae, KeypointEncoder(**make().keypoint_encoder.config))
    ship_weights.ship(other, "detected")
    exact, detected = vv.load_pretrained("exact"), vv.load_pretrained("detected")
    z = torch.ones(1, exact.latent_dim)
    assert torch.equal(exact.vae.decode(z), detected.vae.decode(z))
    assert not torch.equal(exact.keypoint_encoder.net[0].weight, detected.keypoint_encoder.net[0].weight)
    with pytest.raises(ValueError, match="the other encoder has another VAE"):
        ship_weights.ship(make(seed=5), "detected")


def test_load_pretrained_unknown_word():
    with pytest.raises(ValueError, match="expected keypoints \"detected\" .* or \"exact\" .*, got 'guessed'"):
        vv.load_pretrained("guessed")


def test_shipped_weights_are_small_and_whole():
    entries = json.loads((storage.WEIGHTS / "registry.json").read_text())
    assert entries.keys() == {"exact", "detected"}
    files = {file: digest for entry in entries.values() for file, digest in entry.items()}
    assert all(_files.sha256(storage.WEIGHTS / file) == digest for file, digest in files.items())
    assert sum((storage.WEIGHTS / file).stat().st_size for file in files) <= 10_000_000
    model = vv.load_pretrained("exact")
    needed = [*model.vae.decoder.parameters(), *model.keypoint_encoder.parameters()]
    assert 2 * sum(p.numel() for p in needed) <= 4_500_000  # bytes in half precision
    assert model.sample(2, generator=torch.Generator().manual_seed(0)).shape == (2, 13, 3)


def test_a_metric_changes_distances_and_nothing_else():
    torch.manual_seed(0)
    model = VVIPE(PoseVAE(6, 16, 1), KeypointEncoder(6, 16, 1)).eval().requires_grad_(False)
    poses = torch.from_numpy(vv.datasets.load("synthetic").poses[:8])
    keypoints = vv.cameras.view(poses, vv.cameras.fixed_orbit([(20, 5, 0)]))
    plain, body = model.embed_keypoints(keypoints), model.lift(keypoints)
    model.metric.copy_(torch.randn(6, 6, generator=torch.Generator().manual_seed(1)) + 3 * torch.eye(6))
    torch.testing.assert_close(model.embed_keypoints(keypoints), plain @ model.metric.T)
    torch.testing.assert_close(model.lift(keypoints), body, atol=1e-5, rtol=1e-4)
    state = torch.get_rng_state()
    networks = model.networks()
    assert torch.equal(torch.get_rng_state(), state)
    features = vv.keypoints.normalise(keypoints).flatten(-2)
    z = networks["keypoint_encoder"](features)
    torch.testing.assert_close(z, model.embed_keypoints(keypoints), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(networks["decoder"](z).unflatten(-1, (13, 3)), body, atol=1e-5, rtol=1e-4)


def test_equal_models_are_equal_files(tmp_path):
    for name in ("a", "b"):
        make().save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("place", ["description", "weights"])
def test_a_flipped_bit_is_noticed(place, model, tmp_path):
    path = tmp_path / "m.safetensors"
    model.save(path, about={"note": "kept"})
    data = bytearray(path.read_bytes())
    data[data.index(b"kept") if place == "description" else -5] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"m\.safetensors is damaged: .* the hash in it; fetch or train it again"):
        vv.load(path)


def test_weights_that_are_not_finite_are_refused(tmp_path):
    model = make()
    model.vae.decoder[0].bias.data[3] = torch.inf
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(ValueError, match=r"holds numbers that are not finite \(in vae\.decoder\.0\.bias\)"):
        vv.load(tmp_path / "m.safetensors")


HUGE = {
    "many blocks": {"vae": {"latent": 4, "width": 99, "blocks": 10**7}},
    "wide": {"vae": {"latent": 4, "width": 10**12, "blocks": 1}},
    "negative": {"vae": {"latent": 4, "width": -1, "blocks": 1}},
    "deep": {"vae": functools.reduce(lambda inner, _: {"a": inner}, range(500), {})},
}


@pytest.mark.parametrize("parts", HUGE)
def test_a_huge_or_deep_header_is_refused_at_once(parts, model, tmp_path, monkeypatch):
    path = tmp_path / "m.safetensors"
    model.save(path)
    rewrite(path, parts=HUGE[parts])
    if parts != "deep":   # refused before any network is built
        monkeypatch.setattr(networks.ResidualMLP, "__init__", lambda *_, **__: pytest.fail("was built"))
    with pytest.raises(ValueError, match="does not hold the model it describes"):
        vv.load(path)


def test_a_description_nested_too_deep_to_parse_is_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.ones(1)}, tmp_path / "m.safetensors", metadata={"vvipe": "[" * 100_000})
    with pytest.raises(ValueError, match="is damaged or no safetensors file"):
        vv.load(tmp_path / "m.safetensors")
    save_file({"a": torch.ones(1)}, tmp_path / "m.safetensors", metadata={"vvipe": " " * 6_000_000})
    with pytest.raises(ValueError, match="its description is too long"):
        vv.load(tmp_path / "m.safetensors")
