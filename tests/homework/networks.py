"""Other networks that question 3.1 could ask for: chosen ones, each with something of its own, and any."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st
from msgspec.structs import replace

from reference.diagnosis.architecture import Reading, count
from reference.network import Network
from tests.homework import published


def _changed(**changes: object) -> Network:
    return replace(published.NETWORK, **changes)


_TWO = (("conv1", 16, True), ("conv2", 32, True))
_VGG = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))

CHOSEN = {
    "one convolution, one fully connected layer": _changed(
        image=(1, 28, 28), convolutions=(("conv1", 6, True),), fully_connected=(("fc1", 10),)
    ),
    "three fully connected layers": _changed(fully_connected=(("fc1", 512), ("fc2", 256), ("fc3", 10))),
    "three fully connected layers of one width": _changed(fully_connected=(("a", 64), ("b", 64), ("c", 64))),
    "other names": _changed(
        convolutions=(("stem", 64, True), ("pool", 128, True), ("image", 256, False), ("softmax", 256, True)),
        fully_connected=(("conv", 1024), ("fc", 1000)),
    ),
    "names that begin alike": _changed(
        convolutions=(("c1", 8, True), ("c10", 8, True), ("c100", 8, False)),
        fully_connected=(("c", 20), ("c2", 10)),
    ),
    "stride 2": _changed(stride=2),
    "stride 3, no padding": _changed(stride=3, padding=0, convolutions=_TWO),
    "no bias": _changed(conv_bias=False, fc_bias=False),
    "no bias in the convolutions": _changed(conv_bias=False),
    "no bias in the fully connected layers": _changed(fc_bias=False),
    "overlapping pools": _changed(pool=3, pool_stride=2),
    "pools of 4 x 4": _changed(pool=4, pool_stride=4),
    "pools that leave pixels out": _changed(pool=2, pool_stride=3),
    "no pool": _changed(image=(3, 32, 32), convolutions=(("conv1", 16, False), ("conv2", 16, False))),
    "kernels of 1 x 1": _changed(kernel=1, padding=0, image=(3, 8, 8), convolutions=_TWO),
    "kernels of 4 x 4, an image that is not square": _changed(
        kernel=4, padding=1, image=(2, 61, 40), convolutions=_TWO
    ),
    "LeNet-5": _changed(
        image=(1, 32, 32),
        kernel=5,
        padding=0,
        convolutions=(("C1", 6, True), ("C3", 16, True)),
        fully_connected=(("C5", 120), ("F6", 84), ("Output", 10)),
    ),
    "VGG-16": _changed(
        convolutions=tuple(
            (f"conv{block}_{at}", filters, at == depth)
            for block, (filters, depth) in enumerate(_VGG, 1)
            for at in range(1, depth + 1)
        ),
        fully_connected=(("fc6", 4096), ("fc7", 4096), ("fc8", 1000)),
    ),
    "the least there is": _changed(
        image=(1, 1, 1),
        kernel=1,
        padding=0,
        conv_bias=False,
        fc_bias=False,
        convolutions=(("a", 1, False),),
        fully_connected=(("b", 1),),
    ),
}


@st.composite
def _networks(draw: st.DrawFn) -> Network:
    filters = draw(st.lists(st.integers(1, 300), min_size=1, max_size=9))
    units = draw(st.lists(st.integers(1, 4096), min_size=1, max_size=4))
    names = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9]{0,12}", fullmatch=True).filter(lambda name: name != "total"),
            min_size=len(filters) + len(units),
            max_size=len(filters) + len(units),
            unique=True,
        )
    )
    pools = draw(st.lists(st.booleans(), min_size=len(filters), max_size=len(filters)))
    network = Network(
        image=(draw(st.integers(1, 4)), draw(st.integers(1, 260)), draw(st.integers(1, 260))),
        kernel=draw(st.integers(1, 7)),
        stride=draw(st.integers(1, 3)),
        padding=draw(st.integers(0, 4)),
        conv_bias=draw(st.booleans()),
        pool=draw(st.integers(1, 4)),
        pool_stride=draw(st.integers(1, 4)),
        fc_bias=draw(st.booleans()),
        convolutions=tuple(zip(names, filters, pools, strict=False)),
        fully_connected=tuple(zip(names[len(filters) :], units, strict=True)),
    )
    try:
        count(Reading.of(network))
    except ValueError:  # nothing is left of the image
        assume(False)
    return network


NETWORKS = _networks()
