"""Retrieval against a gallery made by hand and against brute force, and the properties of Hit@k."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vvipe_explore import retrieval
from vvipe_explore.metrics import np_mpjpe
from vvipe_explore.retrieval import hit_at_k, nearest

Z = torch.tensor([[0.0], [1.0], [3.0], [7.0]])


@pytest.fixture(scope="module")
def four(poses):
    """Four poses, none of which is a hit for another."""
    chosen = [0]
    for i in range(200):
        if all(np_mpjpe(poses[i], poses[j]) > 0.2 and np_mpjpe(poses[j], poses[i]) > 0.2 for j in chosen):
            chosen.append(i)
    assert len(chosen) >= 4
    return poses[chosen[:4]]


def test_hand_made_gallery(four):
    """Queries at 0.4, 1.4, 6, 3.2 show poses 0, 0, 2, 3: found at rank 1, 2, 2, 2 of the gallery."""
    query = torch.tensor([[0.4], [1.4], [6.0], [3.2]])
    # nearest first: 0 1 2 3 | 1 0 2 3 (0.4, 1.4, 1.6) | 3 2 1 0 | 2 1 0 3 (0.2, 2.2, 3.2, 3.8)
    assert nearest(query, Z, 4).tolist() == [[0, 1, 2, 3], [1, 0, 2, 3], [3, 2, 1, 0], [2, 1, 0, 3]]
    hits = hit_at_k(query, Z, four[[0, 0, 2, 3]], four, ks=(1, 2, 3, 4))
    assert hits == {1: 25.0, 2: 75.0, 3: 75.0, 4: 100.0}


def test_hit_is_by_np_mpjpe_of_the_retrieved_moved_onto_the_query(four):
    """Frame, unit and place do not matter, but a mirrored pose is no hit."""
    near = 400 * four.flip(-1) * torch.tensor([1.0, 1.0, -1.0]) + 9   # a quarter turn and a reflection of the axes
    assert torch.linalg.det(torch.eye(3).flip(-1) * torch.tensor([1.0, 1.0, -1.0])) > 0
    assert hit_at_k(Z, Z, four, near, ks=(1,)) == {1: 100.0}
    mirrored = four * torch.tensor([-1.0, 1.0, 1.0])
    assert hit_at_k(Z, Z, four, mirrored, ks=(1,))[1] < 100


def test_threshold(four, monkeypatch):
    other = four[1:2].clone()
    other[0, [9, 10, 11, 12]] *= 1.5   # longer legs, so that the two directions differ
    error = np_mpjpe(other[0], four[0]).item()   # the retrieved one moved onto the query
    assert abs(np_mpjpe(four[0], other[0]).item() / error - 1) > 0.01
    for threshold, expected in ((error * 1.001, 100.0), (error * 0.999, 0.0)):
        monkeypatch.setattr(retrieval, "HIT_THRESHOLD", threshold)
        assert hit_at_k(Z[:1], Z[:1], four[:1], other, ks=(1,)) == {1: expected}


def test_self_retrieval_is_100(poses, rng):
    z = torch.randn(200, 5, generator=rng)
    assert hit_at_k(z, z, poses, poses) == {1: 100.0, 10: 100.0, 20: 100.0}


@given(seed=st.integers(0, 2**31))
def test_hit_at_k_never_falls(poses, seed):
    z = torch.randn(2, 60, 3, generator=torch.Generator().manual_seed(seed))
    hits = hit_at_k(z[0], z[1], poses[:60], poses[:60], ks=(1, 2, 5, 10, 20, 60))
    values = list(hits.values())
    assert values == sorted(values)
    assert values[-1] == 100   # the query's own frame is in the gallery
    assert 0 <= values[0] < 100


def test_order_of_ks_does_not_matter(poses, rng):
    z = torch.randn(200, 3, generator=rng)
    one = hit_at_k(z, z.roll(1, 0), poses, poses, ks=(20, 1))
    assert list(one) == [20, 1]
    assert hit_at_k(z, z.roll(1, 0), poses, poses, ks=(1, 20)) == one


def test_k_larger_than_the_gallery(four):
    assert nearest(Z, Z[:2], 20).shape == (4, 2)
    assert hit_at_k(Z, Z, four, four, ks=(1, 1000)) == {1: 100.0, 1000: 100.0}
    assert hit_at_k(Z, Z[:2], four, four[:2], ks=(1000,)) == {1000: 50.0}


def test_nearest_against_brute_force(rng):
    query, gallery = torch.randn(2100, 6, generator=rng), torch.randn(50, 6, generator=rng)
    expected = (query[:, None] - gallery[None]).square().sum(-1).argsort(1)[:, :7]
    assert torch.equal(nearest(query, gallery, 7), expected)


@pytest.mark.parametrize("k", [1, 7, 13, 60])
def test_parts_of_queries_and_gallery_give_what_the_whole_gives(rng, monkeypatch, k):
    query, gallery = torch.randn(23, 6, generator=rng), torch.randn(50, 6, generator=rng)
    seen = []

    def manhattan(a, b):
        seen.append((len(a), len(b)))
        return torch.cdist(a, b, p=1)

    euclidean, other = nearest(query, gallery, k), nearest(query, gallery, k, manhattan)
    assert seen == [(23, 50)]
    monkeypatch.setattr(retrieval, "QUERIES", 7)
    monkeypatch.setattr(retrieval, "GALLERY", 12)
    assert torch.equal(nearest(query, gallery, k), euclidean)
    assert torch.equal(nearest(query, gallery, k, manhattan), other)
    assert sorted(set(seen[1:])) == [(2, 2), (2, 12), (7, 2), (7, 12)]
    assert torch.equal(other, torch.cdist(query, gallery, p=1).argsort(1)[:, :k])


def test_rounding_does_not_hide_the_nearest(rng):
    """Neighbours 1e-3 apart, 10 from the origin: in a product of matrices their squared distances round away."""
    gallery = torch.randn(400, 32, generator=rng) * 1.8
    gallery = (gallery[:, None] + 1e-3 * torch.randn(400, 5, 32, generator=rng)).flatten(0, 1)
    gallery[-1] = gallery[0]   # equal rows: the first one comes first
    expected = torch.cdist(gallery.double(), gallery.double(), compute_mode="donot_use_mm_for_euclid_dist")
    expected = expected.argsort(dim=1, stable=True)[:, :5]
    got = nearest(gallery, gallery, 5)
    assert torch.equal(got[1:-1, 0], torch.arange(1, 1999))
    assert got[[0, -1], :2].tolist() == [[0, 1999], [0, 1999]]
    assert torch.equal(got, expected)


def test_hits_of_many_queries_are_those_of_few(poses, rng):
    z = torch.randn(2, 60, 3, generator=rng)
    few = hit_at_k(*z, poses[:60], poses[:60], ks=(1, 60))
    assert 1200 * 60 > 2**16
    assert hit_at_k(z[0].repeat(20, 1), z[1], poses[:60].repeat(20, 1, 1), poses[:60], (1, 60)) == pytest.approx(few)


def test_custom_distance(four):
    def least_alike(a, b):
        return -torch.cdist(a, b)

    assert nearest(Z, Z, 1, least_alike).tolist() == [[3], [3], [3], [0]]
    assert hit_at_k(Z, Z, four, four, ks=(1, 4), distance=least_alike) == {1: 0.0, 4: 100.0}


def test_kind_follows_the_input(four):
    assert isinstance(nearest(Z.numpy(), Z.numpy(), 2), np.ndarray)
    assert isinstance(nearest(Z, Z, 2), torch.Tensor)
    hits = hit_at_k(Z.numpy(), Z.numpy(), four.numpy(), four.numpy())
    assert hits == {1: 100.0, 10: 100.0, 20: 100.0}
    assert all(type(v) is float for v in hits.values())
    assert nearest(Z[:0], Z, 2).shape == (0, 2)


def test_errors(four):
    with pytest.raises(ValueError, match=r"gallery embeddings of one width, got shapes \(4, 1\) and \(4, 3\)"):
        hit_at_k(Z, Z.expand(4, 3), four, four)
    with pytest.raises(ValueError, match="the query has 3 embeddings and 4 poses"):
        hit_at_k(Z[:3], Z, four, four)
    with pytest.raises(ValueError, match="the gallery has 4 embeddings and 3 poses"):
        hit_at_k(Z, Z, four, four[:3])
    with pytest.raises(ValueError, match="the query has 0 embeddings and 0 poses"):
        hit_at_k(Z[:0], Z, four[:0], four)
    with pytest.raises(ValueError, match=r"ks to be one or more numbers of at least 1, got \(0, 1\)"):
        hit_at_k(Z, Z, four, four, ks=(0, 1))
    with pytest.raises(ValueError, match=r"numbers of at least 1, got \(\)"):
        hit_at_k(Z, Z, four, four, ks=())
    with pytest.raises(ValueError, match="got z_query with 1 values that are NaN"):
        hit_at_k(torch.tensor([[torch.nan], [1.0], [2.0], [3.0]]), Z, four, four)
    with pytest.raises(ValueError, match="13 joints of skeleton.PAPER_13 in poses_query, got 17"):
        hit_at_k(Z, Z, torch.zeros(4, 17, 3), four)


def test_clips_hold_the_frames_around_and_stand_still_at_the_ends():
    z = np.arange(8.0).reshape(4, 2)
    assert retrieval.clips(z, 1).tolist() == [
        [0, 1, 0, 1, 2, 3], [0, 1, 2, 3, 4, 5], [2, 3, 4, 5, 6, 7], [4, 5, 6, 7, 6, 7]
    ]  # fmt: skip
    assert retrieval.clips(z, 0).tolist() == z.tolist()
    with pytest.raises(ValueError, match="reach"):
        retrieval.clips(z, -1)


def test_a_clip_tells_the_way_up_from_the_way_down():
    there_and_back = np.abs(np.linspace(-1, 1, 41))[:, None]
    moved = there_and_back + 0.004  # the other camera's view: a little off
    alone = retrieval.nearest(there_and_back, moved, 1)[:, 0]
    by_clip = retrieval.nearest(retrieval.clips(there_and_back, 3), retrieval.clips(moved, 3), 1)[:, 0]
    assert (alone == np.arange(41)).mean() < 0.6
    assert (by_clip == np.arange(41)).mean() > 0.9


def test_neighbour_purity_of_islands_and_of_a_mixture():
    islands = torch.tensor([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    assert retrieval.neighbour_purity(islands, list("aaabbb"), k=2) == 100
    assert retrieval.neighbour_purity(islands, list("abcabc"), k=2) == 0
    with pytest.raises(ValueError, match="more than k = 6"):
        retrieval.neighbour_purity(islands, list("aaabbb"), k=6)
