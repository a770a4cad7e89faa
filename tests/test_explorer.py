"""The explorer without a browser: its state in Python, its arithmetic in node, its saved page, its directions."""

import base64
import gc
import io
import json
import re
import shutil
import subprocess
import weakref

import numpy as np
import pytest
import torch
import traitlets
from browser.pulling import pulled
from PIL import Image

from vvipe_explore import cameras, latent, skeleton
from vvipe_explore._gauge import Gauge
from vvipe_explore._page import SCRIPT, export, message, pack
from vvipe_explore.alignment import canonicalise
from vvipe_explore.cli.main import main
from vvipe_explore.explorer import PoseExplorer
from vvipe_explore.keypoints import normalise
from vvipe_explore.models.baselines import DirectLifter
from vvipe_explore.models.networks import KeypointEncoder, PoseVAE
from vvipe_explore.models.vvipe import VVIPE

SIZES = [(32, 384, 2), (5, 24, 1), (16, 50, 3)]
"""Latent dimensions, width, blocks: the explorer must work with any of them."""


def make(latent_dim=12, width=48, blocks=2, encoder=True, upright=False) -> VVIPE:
    """Make a model with random weights, also in its norms and biases."""
    torch.manual_seed(1)
    model = VVIPE(PoseVAE(latent_dim, width, blocks))
    if encoder:
        model.keypoint_encoder = KeypointEncoder(latent_dim, width, blocks, upright=upright)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def model() -> VVIPE:
    return make()


@pytest.fixture
def app(model, synthetic):
    made = PoseExplorer(model, synthetic, points=60)
    yield made
    made.close()


@pytest.mark.parametrize("points", [60, 2000])
def test_the_picture_for_pages_without_a_kernel_is_small_and_its_dots_can_be_seen(model, synthetic, points):
    explorer = PoseExplorer(model, synthetic, points=points)
    data = explorer._picture()
    explorer.close()
    assert len(data) < 50_000
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    middle = image[:, round(0.4 * image.shape[1]) : round(0.7 * image.shape[1])]  # of the map
    coloured = np.ptp(middle, axis=-1) > 40
    assert coloured.mean() > (0.008 if points == 60 else 0.03)


# --- the arithmetic in JavaScript ---

NODE = """
import {{ readFileSync }} from "node:fs";
import {{ createEngine, normalise, seen, steady, turned }} from {script};
const read = (name) => new Float32Array(new Uint8Array(readFileSync({folder} + "/" + name)).buffer);
const {{ header, n }} = JSON.parse(readFileSync({folder} + "/about.json"));
const data = readFileSync({folder} + "/data.bin");
const engine = createEngine(header, data), d = header.latent;
const z = read("z"), keypoints = read("keypoints"), confidence = read("confidence"), cameras = read("cameras");
const out = {{ decoded: [], features: [], embedded: [], seen: [], coordinates: [], moved: [], off: [], nearest: [],
  steady: [], shaken: [], up: [], turned: [] }};
let drawn = 0;
const normal = read("normal");
for (let i = 0; i < n; i++) {{
  const mine = z.slice(i * d, (i + 1) * d), k = keypoints.slice(26 * i, 26 * i + 26);
  const c = confidence.slice(13 * i, 13 * i + 13);
  const pose = engine.decode(mine), [azimuth, elevation, roll, distance] = cameras.slice(4 * i, 4 * i + 4);
  out.decoded.push(...pose);
  out.features.push(...normalise(k, c));
  out.embedded.push(...engine.embed(k, c));
  out.seen.push(...seen(pose, {{ azimuth, elevation, roll, distance }}));
  out.coordinates.push(...engine.coordinates(mine));
  out.moved.push(...engine.coordinates(engine.along(mine, 1, 0.5)));
  const {{ off, nearest }} = engine.off(mine);
  out.off.push(off);
  out.nearest.push(nearest);
  out.steady.push(...steady(pose, header.lengths));
  const up = engine.up(i < header.points ? engine.zOf(i) : mine);
  out.up.push(...up);
  out.turned.push(...turned(pose, up));
  out.shaken.push(...engine.shaken(mine, 0.3, () => normal[drawn++]));
}}
process.stdout.write(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def node() -> str:
    """Path of node; skips the test without it."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("node is not installed; the browser tests run the same JavaScript")
    return path


def run_node(node, folder, model, synthetic, n=1000, first="") -> tuple[dict, dict]:
    """Run explorer.js on n random embeddings, keypoints and cameras; give its inputs and its outputs.

    first: JavaScript that runs before.
    """
    g = torch.Generator().manual_seed(3)
    header, tensors = message(model, synthetic, 200, 4, "pca")
    table, data = pack(tensors, small=False)
    z = torch.from_numpy(tensors["map_z"]).repeat(n // 200, 1) + 0.5 * torch.randn(n, model.latent_dim, generator=g)
    orbit = cameras.random_orbit(n, g)
    given = {
        "z": z, "keypoints": 500 + 150 * torch.randn(n, 13, 2, generator=g),
        "confidence": (torch.rand(n, 13, generator=g) > 0.1).float() * torch.rand(n, 13, generator=g).clamp(0.1),
        "cameras": torch.stack([orbit.azimuth, orbit.elevation, orbit.roll, orbit.distance], -1), "orbit": orbit,
        "normal": torch.randn(n, model.latent_dim, generator=g), "header": header, "tensors": tensors,
    }  # fmt: skip
    for name in ("z", "keypoints", "confidence", "cameras", "normal"):
        (folder / name).write_bytes(given[name].float().numpy().tobytes())
    (folder / "about.json").write_text(json.dumps({"header": {**header, "tensors": table}, "n": n}))
    (folder / "data.bin").write_bytes(data)
    (folder / "explorer.mjs").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    script = NODE.format(script=json.dumps(str(folder / "explorer.mjs")), folder=json.dumps(str(folder)))
    (folder / "run.mjs").write_text(first + script)
    done = subprocess.run([node, folder / "run.mjs"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return given, {name: np.array(values).reshape(n, -1) for name, values in json.loads(done.stdout).items()}


@pytest.mark.parametrize("first", ["", "delete globalThis.WebAssembly;"])
@pytest.mark.parametrize(("size", "upright"), [*((size, False) for size in SIZES), (SIZES[1], True)])
def test_the_browser_computes_what_pytorch_computes(node, tmp_path, synthetic, size, upright, first):
    model = make(*size, upright=upright)
    given, out = run_node(node, tmp_path, model, synthetic, first=first)
    assert np.abs(out["decoded"] - model.decode(given["z"]).flatten(1).numpy()).max() < 1e-4
    features = normalise(given["keypoints"], given["confidence"])
    assert np.abs(out["features"] - features.flatten(1).numpy()).max() < 1e-5
    z = model.embed_keypoints(given["keypoints"], given["confidence"])
    assert np.abs(out["embedded"] - z.numpy()).max() < 1e-4


def test_the_browser_measures_how_far_off_the_data_as_python_does(node, tmp_path, synthetic):
    given, out = run_node(node, tmp_path, make(), synthetic)
    known = torch.from_numpy(given["tensors"]["map_z"])
    scale = Gauge(torch.from_numpy(given["tensors"]["whitening"]), given["header"]["middle"], 0.0)
    assert np.abs(out["off"][:, 0] - scale.off(given["z"], known).numpy()).max() < 1e-4
    whitened = torch.cdist(given["z"] @ scale.whitening, known @ scale.whitening)
    assert (out["nearest"][:, 0] == whitened.argmin(-1).numpy()).mean() > 0.99  # float32 may swap two that are as near


def test_what_is_drawn_has_the_lengths_of_the_datas_limbs_and_the_decoders_directions(node, tmp_path, synthetic):
    given, out = run_node(node, tmp_path, make(), synthetic)
    drawn, raw = (torch.from_numpy(out[name]).unflatten(-1, (13, 3)) for name in ("steady", "decoded"))
    lengths, lines = torch.tensor(given["header"]["lengths"]), len(skeleton.BONES) - 2  # the flanks may bend
    assert (skeleton.bone_lengths(drawn) - lengths)[:, :lines].abs().max() < 1e-5
    assert (skeleton.bone_lengths(raw) - lengths)[:, :lines].abs().max() > 0.01
    for a, b in skeleton.BONE_INDICES[:lines]:
        along = torch.cosine_similarity(drawn[:, b] - drawn[:, a], raw[:, b] - raw[:, a], dim=-1)
        assert along.min() > 1 - 1e-5
    assert torch.allclose(skeleton.mid_hip(drawn), skeleton.mid_hip(raw), atol=1e-6)
    assert torch.equal(drawn[:, 0], raw[:, 0])


def test_with_gravity_a_body_is_turned_to_where_up_was_in_the_map(node, tmp_path, synthetic):
    given, out = run_node(node, tmp_path, make(), synthetic)
    poses = synthetic.poses[np.linspace(0, len(synthetic) - 1, 200).round().astype(int)]
    ups = canonicalise(poses).rotation[:, :, 1]
    assert np.allclose(given["tensors"]["map_up"], ups, atol=1e-6)
    assert np.abs(out["up"][:200] - ups).max() < 1e-3  # a pose of the map keeps its own
    assert np.allclose(np.linalg.norm(out["up"], axis=-1), 1, atol=1e-5)
    before, after = (out[name].reshape(-1, 13, 3) for name in ("decoded", "turned"))
    assert np.abs(np.einsum("njk,nk->nj", before, out["up"]) - after[..., 1]).max() < 1e-4  # heights are along up
    lengths = [skeleton.bone_lengths(torch.from_numpy(bodies)) for bodies in (before, after)]
    assert torch.allclose(*lengths, atol=1e-4)
    assert np.allclose(np.linalg.det(after[:, [5, 6, 11]]), np.linalg.det(before[:, [5, 6, 11]]), atol=1e-4)


def test_up_is_a_direction_and_ends_with_its_pose(app):
    app.up = (0, 0, -2)
    assert app.up == [0, 0, -1]
    app.z = np.zeros(12)
    assert app.up is None
    with pytest.raises(ValueError, match="expected up as a direction, got zeros"):
        app.up = np.zeros(3)


def test_noise_has_the_shape_of_the_training_poses_embeddings(node, tmp_path, synthetic):
    model = make()
    model.latent_factor.copy_(torch.randn(12, 12, generator=torch.Generator().manual_seed(0)).tril())
    given, out = run_node(node, tmp_path, model, synthetic)
    expected = given["z"] + 0.3 * given["normal"] @ model.latent_factor.T
    assert np.abs(out["shaken"] - expected.numpy()).max() < 1e-5


def test_a_sliders_step_moves_its_own_coordinate_only(node, tmp_path, synthetic):
    _, out = run_node(node, tmp_path, make(), synthetic, n=200)
    moved = out["moved"] - out["coordinates"]
    assert np.allclose(moved[:, 1], 0.5, atol=1e-3)
    assert np.abs(np.delete(moved, 1, axis=1)).max() < 1e-3


def test_the_browser_computes_what_pytorch_computes_with_shipped_weights_and_an_exact_page(node, tmp_path, synthetic):
    from vvipe_explore import load_pretrained

    model = load_pretrained(keypoints="exact")
    given, out = run_node(node, tmp_path, model, synthetic)
    pose = model.decode(given["z"])
    assert np.abs(out["decoded"] - pose.flatten(1).numpy()).max() < 1e-4
    assert np.abs(out["seen"] - cameras.view(pose, given["orbit"]).flatten(1).numpy()).max() < 0.05
    z = model.embed_keypoints(given["keypoints"], given["confidence"])
    assert np.abs(out["embedded"] - z.numpy()).max() < 1e-4
    app = PoseExplorer(model, synthetic)
    assert app.save_html(tmp_path / "explorer.html").stat().st_size < 8_000_000
    assert pack(app._tensors, small=False)[1] == page_bytes(tmp_path / "explorer.html")
    app.close()


def test_a_page_of_20000_points_is_small_enough_to_send(synthetic, tmp_path):
    from vvipe_explore import load_pretrained

    poses = np.random.default_rng(0).normal(scale=0.01, size=(20_000, 13, 3)) + synthetic.poses[0]
    page = export(tmp_path / "e.html", load_pretrained("exact"), poses.astype(np.float32), points=20_000)
    assert page.stat().st_size < 12_000_000


def page_bytes(path) -> bytes:
    """Read the weights that a saved page contains."""
    (text,) = re.findall(r'id="weights">([^<]*)<', path.read_text(encoding="utf-8"))
    return base64.b64decode(text)


def test_where_exact_weights_do_not_fit_the_page_has_half_precision(synthetic, tmp_path, monkeypatch):
    model = make(12, 300)
    app = PoseExplorer(model, synthetic, points=60)
    exact = app.save_html(tmp_path / "exact.html").stat().st_size
    monkeypatch.setattr("vvipe_explore._page.PAGE_LIMIT", exact - 1)
    app.save_html(tmp_path / "half.html")
    assert page_bytes(tmp_path / "exact.html") == pack(app._tensors, small=False)[1]
    assert page_bytes(tmp_path / "half.html") == pack(app._tensors, small=True)[1]
    app.close()


def test_a_pulled_joint_goes_to_its_target_while_limbs_and_a_pin_keep(node, tmp_path):
    cases, poses, _ = pulled(node, tmp_path, 60)
    start, other, end, raw, raw_end = torch.from_numpy(poses).unbind(1)
    row = torch.arange(60)
    joint, pin = torch.tensor(cases)[:, 2:].T
    assert ((end[row, joint] - other[row, joint]).norm(dim=-1) < 0.03).float().mean() >= 0.9
    assert ((end[row, pin] - start[row, pin]).norm(dim=-1) < 0.02).float().mean() >= 0.9
    limbs = [skeleton.bone_lengths(poses)[:, :8] for poses in (raw, raw_end, start, end)]
    assert ((limbs[1] / limbs[0] - 1).abs().amax(-1) < 0.1).float().mean() >= 0.9
    assert (limbs[3] / limbs[2] - 1).abs().max() < 0.02


FIGURE = """
import {{ figure, handles }} from {script};
const poses = {poses}, out = poses.map((pose) => figure(Float32Array.from(pose.flat())));
for (const body of out) body.handles = [5, 12].flatMap((joint) => handles(body, joint));
process.stdout.write(JSON.stringify(out));
"""


def figures(node, folder, poses) -> list[dict]:
    """Let explorer.js find head, hands and feet of poses (n, 13, 3)."""
    (folder / "explorer.mjs").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    where = json.dumps(str(folder / "explorer.mjs"))
    (folder / "figure.mjs").write_text(FIGURE.format(script=where, poses=json.dumps(np.asarray(poses).tolist())))
    done = subprocess.run([node, folder / "figure.mjs"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [{name: np.array(value) for name, value in body.items()} for body in json.loads(done.stdout)]


def standing() -> np.ndarray:
    """A person who stands straight, faces +z and has +x at the left."""
    pose = np.zeros((13, 3))
    pose[0] = 0, 0.7, 0.1  # nose
    for left, right, x, y in (
        (1, 2, 0.2, 0.5),
        (3, 4, 0.25, 0.25),
        (5, 6, 0.25, 0),
        (7, 8, 0.1, 0),
        (9, 10, 0.1, -0.4),
    ):
        pose[left], pose[right] = (x, y, 0), (-x, y, 0)
    pose[11], pose[12] = (0.1, -0.8, 0), (-0.1, -0.8, 0)
    return pose


def test_a_wrist_is_taken_by_its_hand_too_and_an_ankle_by_its_foot(node, tmp_path):
    (body,) = figures(node, tmp_path, [standing()])
    wanted = [body["points"][5], body["hands"][0], body["points"][12], *body["feet"][1]]
    assert body["handles"].tolist() == np.stack(wanted).tolist()
    assert body["hands"][0, 0] > 0 > body["feet"][1, 0, 0]  # the left hand, the right foot


def test_feet_stand_on_the_floor_and_point_forward_and_hands_go_on(node, tmp_path):
    quarter = np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]])  # to the person's left
    ahead, turned = figures(node, tmp_path, [standing(), standing() @ quarter])
    heels, toes = ahead["feet"][:, 0], ahead["feet"][:, 1]
    assert np.allclose(toes - heels, [0, -0.005, 0.18], atol=0.002)
    assert 0 < toes[:, 1].min() < 0.04
    assert np.allclose(ahead["face"], [0, 0, 1], atol=1e-6)
    assert np.allclose(ahead["hands"][0] - ahead["points"][5], [0, -0.1, 0], atol=1e-6)
    for name in ("face", "hands", "feet", "head"):
        assert np.allclose(turned[name], ahead[name] @ quarter, atol=1e-5)


def test_a_raised_foot_points_where_the_knee_does(node, tmp_path):
    pose = standing()
    pose[10], pose[12] = (-0.1, 0, 0.4), (-0.1, -0.4, 0.4)  # the right thigh is level
    (body,) = figures(node, tmp_path, [pose])
    heel, toe = body["feet"][1]
    assert toe[2] - heel[2] > 0.17
    assert heel[1] > 0.3


# --- the state in Python ---


def test_it_opens_on_a_striking_pose_of_the_data(synthetic, tmp_path):
    from vvipe_explore import load_pretrained

    app = PoseExplorer(load_pretrained("exact"), synthetic)
    start = app._header["start"]
    assert np.allclose(app.z, app._tensors["map_z"][start])
    assert app.ghost == app.z
    assert app._header["labels"][app._tensors["map_label"][start]] == "kick"
    left, right = (np.array(app.pose[skeleton.PAPER_13.index(f"{side}_ankle")]) for side in ("left", "right"))
    assert abs(left - right)[1] > 0.3
    app.close()


def test_it_opens_although_nobody_stands_upright(model, synthetic):
    lying = synthetic.poses[:50] @ np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]], dtype=np.float32)
    app = PoseExplorer(model, lying)
    assert 0 <= app._header["start"] < 50
    app.close()


def test_pose_is_what_z_decodes_to(app, model):
    z = np.linspace(-1, 1, 12)
    app.z = z
    assert np.allclose(app.z, z)
    assert np.allclose(app.pose, model.decode(z.astype(np.float32)), atol=1e-5)
    app.z = torch.zeros(12)
    assert app.z == [0.0] * 12


def test_setting_a_pose_embeds_it(app, model, synthetic):
    app.pose = synthetic.poses[5]
    assert np.allclose(app.z, model.embed_poses(synthetic.poses[5]), atol=1e-5)
    assert np.allclose(app.pose, model.decode(np.float32(app.z)), atol=1e-5)


def test_setting_t_goes_between_the_marks(app, model):
    app.t = 0.25  # nothing is marked yet
    before = app.z
    app.marks = [np.zeros(12), np.ones(12)]
    assert app.z == before
    app.t = 0.5
    assert app.z == [0.5] * 12
    assert np.allclose(app.pose, model.decode(np.full(12, 0.5, dtype=np.float32)), atol=1e-5)


def test_an_observer_of_z_already_sees_its_pose(app, model):
    changes = []
    app.observe(lambda change: changes.append((change["new"], app.pose)), "z")
    app.z = np.full(12, 0.3)
    ((z, pose),) = changes
    assert np.allclose(pose, model.decode(np.float32(z)), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("z", [np.nan] * 12, "NaN"), ("z", [0.0] * 11, r"\(11,\)"),
        ("z", None, r"expected z .* got shape \(\) of object"), ("z", "left", r"expected z .* got shape \(\) of <U4"),
        ("pose", np.zeros((17, 3)), r"\(17, 3\)"), ("pose", np.full((13, 3), np.inf), "infinite"),
        ("camera", {"azimuth": np.nan}, "azimuth"), ("camera", {"distance": 0.5}, "distance"),
        ("camera", {"tilt": 3}, "tilt"), ("view", {"zoom": 0}, "zoom"), ("marks", [None], "two marks.* got 1"),
    ],
)  # fmt: skip
def test_bad_state_is_an_error_and_changes_nothing(app, name, value, says):
    before = {trait: getattr(app, trait) for trait in ("z", "pose", "camera", "view", "marks")}
    with pytest.raises(ValueError, match=says):
        setattr(app, name, value)
    assert {trait: getattr(app, trait) for trait in before} == before


def test_a_camera_may_be_set_in_part(app):
    app.camera = {"azimuth": 90}
    assert app.camera == {"azimuth": 90.0, "elevation": 10.0, "roll": 0.0, "distance": 5.0}


def test_two_explorers_can_be_linked(app, model, synthetic):
    other = PoseExplorer(model, synthetic, points=60)
    with_z, with_camera = traitlets.link((app, "z"), (other, "z")), traitlets.link((app, "camera"), (other, "camera"))
    app.z = np.full(12, 0.2)
    other.camera = {"azimuth": 10}
    assert other.z == app.z
    assert other.pose == app.pose
    assert app.camera["azimuth"] == 10
    with_z.unlink(), with_camera.unlink(), other.close()


def test_what_the_browser_sends_is_taken_as_it_is(app):
    pose = np.arange(39.0).reshape(13, 3).tolist()
    app.set_state({"z": [0.5] * 12, "pose": pose})
    assert app.z == [0.5] * 12
    assert app.pose == pose


def test_weights_are_sent_on_request_and_are_not_in_the_state(app):
    sent = []
    app.send = lambda content, buffers=None: sent.append((content, buffers))
    app._handle_custom_msg({"type": "model?"}, [])
    ((content, (data,)),) = sent
    assert content["header"]["latent"] == 12
    assert len(data) > 4 * 12 * 48
    state = {k: v for k, v in app.get_state().items() if k != "_esm"}  # _esm is the code, the bundle of js/
    assert len(json.dumps(state, default=str)) < 10_000


def test_without_a_keypoint_encoder_there_is_none_in_the_message(synthetic):
    app = PoseExplorer(make(encoder=False), synthetic, points=60)
    assert app._header["keypoint_encoder"] is None
    app.close()


def test_what_cannot_be_shown_is_refused(model, synthetic):
    with pytest.raises(ValueError, match="expected a VVIPE.*got a DirectLifter"):
        PoseExplorer(DirectLifter(KeypointEncoder(39, 16, 1)))
    with pytest.raises(ValueError, match="at least two poses"):
        PoseExplorer(model, np.zeros((13, 3)))
    with pytest.raises(ValueError, match="expected layout \"pca\".*got 'tsne'"):
        PoseExplorer(model, synthetic, points=60, layout="tsne")
    with pytest.raises(ValueError, match=r"expected layout as \(60, 2\) finite numbers.*got shape \(5, 2\)"):
        PoseExplorer(model, synthetic, points=60, layout=np.zeros((5, 2)))


def test_given_coordinates_make_the_map(model, synthetic):
    places = np.random.default_rng(0).normal(size=(60, 2))
    app = PoseExplorer(model, synthetic, points=60, layout=places)
    assert np.allclose(app._tensors["map_xy"], places)
    assert "map_axes" not in app._tensors
    app.close()


def test_more_kinds_of_motion_than_colours_become_other(model, synthetic):
    from dataclasses import replace

    many = replace(synthetic[:400], action=np.array([f"kind {i % 40:02d}" for i in range(400)]))
    app = PoseExplorer(model, many, points=400)
    assert app._header["labels"][-1] == "other"
    assert app._header["palette"][-1] is None
    assert app._tensors["map_label"].max() == len(app._header["labels"]) - 1
    app.close()


def test_closed_explorers_leave_nothing_behind(model, synthetic):
    references = []
    for _ in range(10):
        app = PoseExplorer(model, synthetic, points=500)
        app.z = np.full(12, 0.1)
        references.append(weakref.ref(app))
        app.close()
        del app
    gc.collect()
    assert [r for r in references if r() is not None] == []


# --- directions ---


class Hand:
    """A decoder whose dimension 0 lifts the left elbow and wrist, 1 swings the right leg back, 2 does nothing."""

    def decode(self, z):
        pose = torch.zeros(*z.shape[:-1], 13, 3, dtype=z.dtype)
        pose[..., [3, 5], 1] = z[..., :1]
        pose[..., [10, 12], 2] = -0.5 * z[..., 1:2]
        return pose


def test_directions_are_found_named_and_ordered():
    z = torch.randn(500, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    z = z - z.mean(0)
    z = z @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(z.T))).T * torch.tensor([1.0, 1.0, 5.0])
    found = latent.directions(Hand(), z, n=2)
    assert found.names == ["left arm up", "right leg forward"]
    expected = torch.tensor([[1.0, 0, 0], [0, -1, 0]], dtype=z.dtype)
    assert torch.allclose(found.vectors, expected, atol=1e-6)
    assert torch.allclose(found.spread, torch.ones(2, dtype=z.dtype), atol=1e-6)
    assert torch.allclose(found.moves, torch.tensor([2 / 13, 1 / 13], dtype=z.dtype), atol=1e-6)


def test_directions_of_equal_embeddings_are_an_error():
    with pytest.raises(ValueError, match="expected embeddings that differ, got equal ones"):
        latent.directions(Hand(), torch.ones(4, 3))
    with pytest.raises(ValueError, match="expected z to be at least two embeddings"):
        latent.directions(Hand(), torch.ones(3))


def test_no_two_directions_share_a_name(model, synthetic):
    found = latent.directions(model, model.embed_poses(synthetic.poses[::40]), 12)
    assert len(set(found.names)) == 12
    assert np.all(np.diff(found.moves) <= 1e-9)


def test_varimax_undoes_a_rotation_of_simple_columns():
    simple = torch.tensor([[2.0, 0], [1, 0], [0, 1.5], [0, 1]], dtype=torch.float64)
    angle = torch.tensor(0.6, dtype=torch.float64)
    turn = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    back = (simple @ turn) @ latent.varimax(simple @ turn)
    assert torch.allclose(back.abs().sort(-1).values, simple.sort(-1).values, atol=1e-6)


# --- the page ---


def test_the_page_needs_nothing_from_outside(app, tmp_path):
    path = app.save_html(tmp_path / "explorer.html")
    page = path.read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", page))
    assert addresses == set()
    assert "default-src 'none'" in page
    assert [p.name for p in tmp_path.iterdir()] == ["explorer.html"]


def test_labels_and_titles_cannot_add_markup_to_the_page(model, synthetic, tmp_path):
    from dataclasses import replace

    evil = replace(synthetic[:50], action=np.full(50, "</script><script>alert(1)</script><!--"))
    app = PoseExplorer(model, evil)
    page = app.save_html(tmp_path / "e.html", title="</title><b>x").read_text()
    assert page.count("</script>") == 3
    assert "alert(1)</script>" not in page
    assert "<b>x" not in page
    app.close()


def test_a_page_that_would_be_too_large_is_not_written(app, tmp_path, monkeypatch):
    monkeypatch.setattr("vvipe_explore._page.PAGE_LIMIT", 10_000)
    with pytest.raises(ValueError, match="at most 0.01 MB, got 0..* MB"):
        app.save_html(tmp_path / "e.html")
    assert list(tmp_path.iterdir()) == []


def test_export_from_the_shell(model, tmp_path, capsys):
    model.save(tmp_path / "model.safetensors")
    path = tmp_path / "explorer.html"
    assert main(["export", str(path), "--model", str(tmp_path / "model.safetensors"), "--points", "100"]) == 0
    assert "explorer.html" in capsys.readouterr().out
    assert 50_000 < path.stat().st_size < 8_000_000


def test_an_observer_of_the_pose_is_notified_once_a_change_with_the_pose_that_is_drawn(app, synthetic):
    changes = []
    app.observe(lambda change: changes.append(change.new), names="pose")
    for n, pose in enumerate(synthetic.poses[:200:50], 1):
        app.pose = pose
        assert len(changes) == n
        assert changes[-1] == app.pose
    app.z = np.zeros(app.model.latent_dim)
    assert len(changes) == 5
    assert changes[-1] == app.pose


def test_export_writes_the_page_that_the_widget_saves(app, model, synthetic, tmp_path):
    """export makes no widget, so that it needs no Jupyter; its page must be the same, byte for byte."""
    exported = export(tmp_path / "exported.html", model, synthetic, points=60)
    assert exported.read_bytes() == app.save_html(tmp_path / "saved.html").read_bytes()
