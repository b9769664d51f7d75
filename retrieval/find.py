"""Finding: several arms bring candidates, reciprocal rank fusion makes one list of them."""

import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.blended import blended
from retrieval.boosted import NEWNESS
from retrieval.catalogue import Catalogue
from retrieval.colike import Colikes
from retrieval.constraints import Constraint
from retrieval.encoder import Encoder
from retrieval.fusion import reciprocal_rank_fusion
from retrieval.item import Item
from retrieval.kinds import Kinds
from retrieval.learned import UNTAUGHT, Learned
from retrieval.overclaiming import trust
from retrieval.query import PLAIN_WISH, pull_of
from retrieval.query import Query as Query
from retrieval.query import Wish as Wish
from retrieval.settings import ArmSettings
from retrieval.stop_words import STOP_WORDS
from retrieval.text import fold, tokens
from retrieval.vectors import VectorIndex, highest

ARMS = ("dense", "lexical", "seeds", "alike", "colike", "wishes", "popularity")
FEW = 5_000  # allowed items among which full text looks, instead of among all


class Candidate(NamedTuple):
    """An item that some arm found: its fused score, how far it meets the wishes; and the strengths, added
    up, of what it carries that is unwanted and that is guessed at. A tuple, since a turn makes a thousand."""

    item: Item
    fused: float
    met: float
    unwanted: float = 0.0
    guessed: float = 0.0
    nat: float = 0.0
    """What one nat of the learned blend is on the scale of `fused`; 0 where there is no blend."""

    @property
    def blended(self) -> bool:
        """Whether `fused` comes of the learned blend, which counts the wishes already."""
        return self.nat > 0


class Retriever:
    """A catalogue with everything needed to search it."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: VectorIndex,
        encoder: Encoder,
        settings: ArmSettings,
        colikes: Colikes | None = None,
        learned: Learned = UNTAUGHT,
    ) -> None:
        self.catalogue, self.index, self.encoder = catalogue, index, encoder
        self.settings, self.colikes, self.learned = settings, colikes, learned
        self.columns = catalogue.columns
        index.arrange(self.columns.ids)
        self.kinds = Kinds(catalogue.items.values(), catalogue.schema)
        self._trust: dict[str, NDArray[np.float64] | None] = {}

    def find(self, query: Query, allowed: NDArray[np.bool_] | None = None) -> list[Candidate]:
        """Candidates that satisfy every constraint, best first. Raises nothing for an odd query.

        `allowed` is the mask of what the query allows, where the caller has it already.
        """
        columns = self.columns
        mask = columns.allowed(query.constraints, query.hidden) if allowed is None else allowed
        shared = self._shared_with(query.seeds)
        met = self.met(query.wishes, query.seeds, shared)
        if self.learned.blend is not None:
            fused, nat = blended(query, mask, self.learned.blend, self)
        else:
            fused, nat = self._fused(query, self.rankings(query, mask, met, shared)), 0.0
        rows = [columns.row[id] for id in fused]
        parts = (met, self.carried(query.unwanted), self.carried(query.guesses))
        met_by, unwanted, guessed = (part[rows].tolist() for part in parts)
        items = map(self.catalogue.items.__getitem__, fused)
        return list(map(Candidate, items, fused.values(), met_by, unwanted, guessed, repeat(nat)))

    def fused(self, query: Query) -> list[str]:
        """Ids in the order of reciprocal rank fusion, whatever else was learned."""
        mask = self.columns.allowed(query.constraints, query.hidden)
        shared = self._shared_with(query.seeds)
        met = self.met(query.wishes, query.seeds, shared)
        return [*self._fused(query, self.rankings(query, mask, met, shared))]

    def _fused(self, query: Query, arms: Mapping[str, Sequence[str]]) -> dict[str, float]:
        pull = pull_of(query.seeds)
        weights = self.settings.model_dump(exclude={"blend"})
        weights |= {arm: pull * weights[arm] for arm in ("seeds", "alike", "colike")}
        return reciprocal_rank_fusion(arms, weights, self.settings.rrf_k)

    def anything(self, query: Query, seed: str) -> list[Candidate]:
        """Allowed items, by popularity and chance; chance is the same for the same seed.

        Ranks of popularity are perturbed by Gumbel noise, which draws without replacement with odds
        that fall with the rank (Kool et al. 2019).
        """
        mask = self.columns.allowed(query.constraints, query.hidden)
        rows = np.flatnonzero(mask)
        rank = np.argsort(np.argsort(-self.popularity[rows], kind="stable"))
        noise = np.random.default_rng(zlib.crc32(seed.encode())).gumbel(size=len(rows))
        order = rows[np.argsort(np.log1p(rank) - noise, kind="stable")]
        unwanted = self.carried(query.unwanted)
        return [
            Candidate(self.catalogue.items[self.columns.ids[i]], 1 / n, 0.0, float(unwanted[i]))
            for n, i in enumerate(order[: self.settings.depth], 1)
        ]

    def rankings(
        self,
        query: Query,
        mask: NDArray[np.bool_],
        met: NDArray[np.float64],
        shared: NDArray[np.float64] | None = None,
    ) -> dict[str, list[str]]:
        """Each arm's ids, best first, among the rows that `mask` allows. Where nothing is asked for, what
        nobody chose yet is brought as well, behind what was chosen. `shared` is what each row shares with
        the seeds, where the caller has it already."""
        depth = self.settings.depth
        allowed = None if mask.all() else mask
        closeness = np.zeros(len(mask))
        arms: dict[str, list[str]] = {"dense": [], "lexical": [], "seeds": [], "alike": []}
        seeds = {id: weight for id, weight in query.seeds.items() if id in self.columns.row}
        asked = {}
        if query.text.strip():
            asked["dense"] = self.encoder.encode([query.text])[0]
        if seeds:
            asked["seeds"] = self.centre(seeds)
        answers = (
            self.index.search(np.stack([*asked.values()]), depth + len(seeds), allowed)
            if asked
            else []
        )
        near = dict(zip(asked, answers, strict=True))
        if "dense" in near:
            arms["dense"] = [id for id, _ in near["dense"]][:depth]
            closeness[[self.columns.row[id] for id, _ in near["dense"]]] = [
                s for _, s in near["dense"]
            ]
            words = [t.folded for t in tokens(query.text) if t.folded not in STOP_WORDS]
            arms["lexical"] = self._worded(words, mask, depth)
        if seeds:
            arms["seeds"] = [id for id, _ in near["seeds"] if id not in seeds][:depth]
            alike = self._shared_with(seeds) if shared is None else shared
            arms["alike"] = self._best(alike, mask, depth, without=set(seeds))
            if self.colikes is not None:
                liked_too = self.colikes.scores(seeds, query.against)
                arms["colike"] = self._best(liked_too, mask, depth, without=set(seeds))
        arms["wishes"] = self._best(met, mask, depth, besides=1e-3 * closeness)
        asked_for = bool(query.text.strip() or seeds or query.wishes)
        order = self._by_popularity if asked_for else self._all_by_popularity
        arms["popularity"] = [self.columns.ids[row] for row in _first(order, mask, depth)]
        return arms

    def centre(self, seeds: Mapping[str, float]) -> NDArray[np.float32]:
        """Where the seeds are on average, each by its weight; of unit length."""
        weights = np.asarray(list(seeds.values()), dtype=np.float32)
        centre: NDArray[np.float32] = weights @ self.index.vectors(list(seeds))
        return centre / max(float(np.linalg.norm(centre)), 1e-9)

    def _worded(self, words: list[str], mask: NDArray[np.bool_], depth: int) -> list[str]:
        """The best by full text that the mask allows. Where few are allowed, only they are searched."""
        if np.count_nonzero(mask) <= FEW:
            kept, _ = self.catalogue.matching(words, depth, np.flatnonzero(mask))
        else:
            for n in (5 * depth, len(mask)):
                found, _ = self.catalogue.matching(words, n)
                kept = found[mask[found]][:depth]
                if len(kept) == depth or len(found) < n:
                    break
        return [self.columns.ids[row] for row in kept]

    def _best(
        self,
        scores: NDArray[np.float64],
        mask: NDArray[np.bool_],
        n: int,
        without: set[str] | None = None,
        besides: NDArray[np.float64] | None = None,
    ) -> list[str]:
        """The best allowed rows of those whose score is above 0; `besides` is added to these."""
        rows = np.flatnonzero((scores > 0) & mask)
        worth = scores[rows] if besides is None else scores[rows] + besides[rows]
        order = rows[highest(worth, n + len(without or ()))]
        found = [self.columns.ids[row] for row in order]
        return [id for id in found if id not in (without or ())][:n]

    def met(
        self,
        wishes: Sequence[Wish],
        seeds: Mapping[str, float] | None = None,
        shared: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """How far each row meets the wishes, in [0, 1], shape `(items,)`.

        Groups count by their strength, and all of them together less if they are weaker than plain
        wishes; within a group the first word met counts most, since one
        visitor's word can stand for several of the catalogue's. Beside wishes, being like the seeds
        counts as one more of them: "like Alien, but funny" is not only funny. `shared` is what each row
        shares with the seeds, where the caller has it already.
        """
        total = np.zeros(len(self.columns.ids))
        groups: dict[str, list[Wish]] = {}
        for wish in wishes:
            groups.setdefault(wish.group or fold(wish.value), []).append(wish)
        strengths = [max(w.strength for w in group) for group in groups.values()]
        whole = sum(max(s, PLAIN_WISH) for s in strengths)
        for group, strength in zip(groups.values(), strengths, strict=True):
            carrying = [self.columns.carrying(wish.facet, wish.value) for wish in group]
            trusts = [part for wish in group if (part := self.trust(wish.facet)) is not None]
            if len(carrying) == 1:
                rows = carrying[0]
                total[rows] += strength * trusts[0][rows] if trusts else strength
                continue
            share = np.zeros(len(total), dtype=np.int32)
            for rows in carrying:
                share[rows] += 1
            rows = np.flatnonzero(share)
            counted = (0.7 + 0.3 * share[rows] / len(group)) * strength
            for part in trusts:
                counted *= part[rows]
            total[rows] += counted
        if groups and seeds:
            if shared is None:
                shared = self._shared_with(seeds)
            others = shared.copy()
            others[[self.columns.row[id] for id in seeds if id in self.columns.row]] = 0
            most = max(float(others.max(initial=0.0)), 1e-9)
            total += np.divide(np.multiply(shared, pull_of(seeds), out=others), most, out=others)
            whole += 1.0
        if whole:
            total /= whole
            np.minimum(total, 1.0, out=total)
        return total

    def trust(self, facet: str) -> NDArray[np.float64] | None:
        """How much what each row claims of a facet counts, shape `(items,)`; None: all of it fully."""
        if facet not in self._trust:
            worded = facet in self.catalogue.schema.named("facet")
            self._trust[facet] = trust(list(self.catalogue.items.values()) if worded else [], facet)
        return self._trust[facet]

    def carried(self, wishes: Sequence[Wish]) -> NDArray[np.float64]:
        """The strengths, added up, of the wishes that each row carries, shape `(items,)`.

        Read as a limit would read them, so that words of no facet and titles count too. What the
        same words of the visitor stand for counts once, as much as the strongest of it.
        """
        most: dict[str, NDArray[np.float64]] = {}
        for w in wishes:
            carries = self.columns.satisfying(Constraint(w.facet, "=", w.value)) * w.strength
            most[w.group] = np.maximum(most.get(w.group, 0.0), carries)
        return sum(most.values(), np.zeros(len(self.columns.ids)))

    def _shared_with(self, seeds: Mapping[str, float]) -> NDArray[np.float64]:
        """How much each row shares with those seeds that the catalogue has, rare words above all."""
        return self.shared({id: w for id, w in seeds.items() if id in self.columns.row})

    def shared(
        self, seeds: Mapping[str, float], facets: Sequence[str] | None = None, power: int = 2
    ) -> NDArray[np.float64]:
        """How much of the seeds' facets each row shares, rare words counting more (idf to a power)."""
        total = np.zeros(len(self.columns.ids))
        for id, weight in seeds.items():
            item = self.catalogue.items[id]
            for facet in self.catalogue.schema.facets if facets is None else facets:
                for value in item.values(facet):
                    rows = self.columns.carrying(facet, value)
                    total[rows] += weight * np.log(len(total) / max(len(rows), 1)) ** power
        return total

    @cached_property
    def words_of_facets(self) -> NDArray[np.float64]:
        """How many words each row's facets have, those of people not counted, shape `(items,)`."""
        total = np.zeros(len(self.columns.ids))
        for facet in self.catalogue.schema.named("facet"):
            for rows in self.columns.vocabulary(facet).values():
                total[rows] += 1
        return total

    @cached_property
    def years(self) -> NDArray[np.float64]:
        """How new each item is, in years; NaN where the catalogue does not say."""
        if NEWNESS not in self.catalogue.schema.numbers:
            return np.full(len(self.columns.ids), np.nan)
        return self.columns.number(NEWNESS)

    @cached_property
    def popularity(self) -> NDArray[np.float64]:
        """The catalogue's own counts, shape `(items,)`; where it has none, how many people liked an
        item, and prominence where nothing is known of that either."""
        name = self.catalogue.schema.popularity
        if name:
            return np.nan_to_num(self.columns.number(name))
        return self.prominence if self.colikes is None else self.colikes.people.astype(np.float64)

    @cached_property
    def _by_popularity(self) -> NDArray[np.intp]:
        """The rows that are popular at all, the most popular first."""
        return highest(self.popularity, int((self.popularity > 0).sum()))

    @cached_property
    def _all_by_popularity(self) -> NDArray[np.intp]:
        """All rows, the most popular first."""
        return highest(self.popularity, len(self.popularity))

    @cached_property
    def prominence(self) -> NDArray[np.float64]:
        """How much the people of an item are seen elsewhere in the catalogue, shape `(items,)`.

        A stand-in for counts that nobody has yet: the best known people make the best known items.
        """
        total = np.zeros(len(self.columns.ids))
        for facet in self.catalogue.schema.named("person"):
            for rows in self.columns.vocabulary(facet).values():
                total[rows] += np.log(len(rows))
        return total


def _first(order: NDArray[np.intp], mask: NDArray[np.bool_], n: int) -> NDArray[np.intp]:
    """The first `n` rows of an order that the mask allows."""
    for reach in (4 * n, len(order)):
        found = order[:reach][mask[order[:reach]]]
        if len(found) >= n:
            break
    return found[:n]
