def with_total(layers):
    counts = {name: count for name, count in layers.items() if name != "total"}
    return {**counts, "total": sum(counts.values())}
