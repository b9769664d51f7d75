"""Words that carry talk along and say nothing of taste."""

from retrieval.find import STOP_WORDS

FILLER = STOP_WORDS | frozenset(
    "actually already another around back best better bit bored both bye cant come comes day days dont"
    " either enough even evening ever fan far feel feeling fine first go going good great greetings had"
    " happy hate hello help hey hi hmm hope idea ideas im ive interesting kind last let lets list little"
    " long look looking looks lot lots lovely made make makes many mainly maybe mean might mind mood morning much must"
    " name never new next nice night none nothing now ok okay old only open option options perfect perhaps"
    " please pls possible prefer preferably pretty quite random rather ready right same saw say second see"
    " seem sense set show similar sort star starring stars start still stuff style sure surprise take"
    " tell thank thanks thing things think thinking thx time times today together tonight too totally try type used"
    " usually vibe wanna watched watching way week weekend well went whatever without wonder wondering work works"
    " worth would wow yeah year years yes yesterday yet directed director directors actor actress cast"
    " lighter less more shorter longer newer older cheaper instead else different suggestion suggestions"
    " forget drop remove ignore lift cancel scrap mind anyone anybody someone somebody nobody everyone kinda sorta gonna gotta lol haha hah uh um er oh ah"
    " love loved loves hated hates liked likes enjoy enjoyed adore adored favourite favorite favorites"
    " favourites wish wishes fancy bring give need needs want wants hours hour minutes minute mins runtime".split()
)
