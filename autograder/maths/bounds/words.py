"""The words around a bound, by what they do; every word is looked up whole, in small letters.

Words that may stand beside a bound without a mark between are a closed list: a word that nobody here knows is never
passed over, because it may say "half", "not" or "the root of". English, with the German and Chinese words that students
slip into. Words of one question only are in its `Vocabulary`.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("the number of num no count total image input img figure his its all amount overall network")

LEADS = DETERMINERS | _words(
    """a an and answer ans solution sol result it is this that it's that's bound complexity cost time runtime
    running order big oh o on in about around approximately approx roughly circa ca exactly precisely most at up
    to bounded by asymptotic asymptotically tight upper grows grow growing growth like as scales scale scaling
    with linear linearly proportional proportionally we have get need needs needed requires require takes take
    would should be will final finally so hence thus therefore then i.e ie namely or simply just simplified
    think believe guess probably i my class o-notation notation theta equals equal gives give which means i.e.
    for both model computation minimum minimal general sequential operations operation steps step connections
    connection parallel only does do case worst let antwort lösung loesung ordnung der die das ist von also etwa
    ungefähr ungefaehr insgesamt zu und oder 答案 约 大约 为 是 总共 复杂度 所以 即
    """
)

UNITS = _words(
    """step steps timestep timesteps operation operations op ops connection connections sequential sequentially
    parallel total time times matrix vector matvec matvecs product products multiplication multiplications
    multiply multiplies iterations iteration stages stage phases rounds complexity cost overall altogether in
    all at most computation computations edges calls passes units unit required needed necessary minimum serial
    consecutive successive only asymptotically approximately roughly respectively flops macs sequenziell
    schritte schritt verbindungen operationen insgesamt gesamt mal 步 次 个 个连接 个操作 步骤 also general exactly
    precisely tight upper bound 复杂度 here
    """
)

PREPOSITIONS = _words(
    """for in with by to on at using from during through of via up across under thanks if when given assuming while
    whereas both after is are follows für fuer bei mit pro wenn
    """
)

# What a network is made of: "k^2 weights at H W pixels in d layers" explains a bound, and states none.
COUNTED = _words(
    """layers layer pixels pixel channels channel filters filter weights weight positions position cells cell
    kernels kernel matrices images image maps features locations neurons diagonals diagonal rows columns values
    parameters hidden recurrent inputs input outputs output feature conv convolution convolutions convolutional
    masked matrix schichten pixeln kanäle
    """
)

REASONS = _words(
    """because since as due cause bc considering independent independently regardless irrespective weil da denn
    unabhängig 因为
    """
)
CONCLUSIONS = _words(
    "so hence thus therefore giving gives yielding making leading resulting ergo also daher somit 所以"
)
WHERE = _words("where with let here wherein wobei mit for and using denote define 其中")

CONTRASTS = _words(
    """but however unless instead rather otherwise else wrong false incorrect mistake mistaken except aber sondern
    falsch sonst statt 但 但是 不是
    """
)
REFUSED = CONTRASTS | _words(
    """not no never neither nor none nothing cannot without although though unlike than less fewer more greater
    smaller least lower below above same too separately individually ditto likewise omega average best amortized
    amortised expected exponential exponentially exponent factorial polynomial polynomially logarithm
    logarithmic logarithmically quadratic quadratically cubic root inverse inversely reciprocal power squared
    square cubed halved doubled tripled multiplied times divided minus plus squares ratio fraction ignoring
    excluding better worse nicht kein keine keinen ohne niemals weder noch außer mindestens 不 没有 不对 除
    """
)
HARMLESS_AFTER_NO = _words("bias biases padding stride dilation recurrence dependency dependencies order")
EACH = _words("per each every pro jede jeder jedes jedem")
WHOLE = _words("image images figure input forward pass sample example inference training network model evaluation")
PARTS = _words("pixel layer channel cell row column filter position neuron unit location kernel step diagonal")
ONES = _words("one 1 a an single constant once eine ein")

RELATIONS = _words("is are be equals equal gives becomes ie namely means ist sind 是 为 即")
LISTING = ("and", "or", "und", "oder")
CONSTANTS = ("constant", "const")
OPENING = REASONS | (WHERE - PREPOSITIONS) | CONCLUSIONS | {*LISTING}  # a clause
GROWTHS = {"quadratic": 2, "quadratically": 2, "cubic": 3, "cubically": 3, "logarithmic": 0}
# All that are looked up whole: those above, and those that mathematics in words consists of.
VOCABULARY = (
    LEADS | UNITS | PREPOSITIONS | COUNTED | REASONS | CONCLUSIONS | WHERE | REFUSED | EACH | WHOLE | PARTS | ONES
)
VOCABULARY |= HARMLESS_AFTER_NO | _words(
    """log logarithm ln lg sqrt root max maximum larger largest min minimum smallest sum product pow power square theta
    bigo oh cbrt and between raised hoch into quadrat cube whole actually
    """
)
