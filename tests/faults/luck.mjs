// Chance that repeats: the same seed draws the same faults and the same students' whims.

/** mulberry32, with the words that drawing needs. */
export function luckOf(seed) {
    let state = seed >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const luck = {
        next,
        chance: (share) => next() < share,
        between: (least, most) => least + next() * (most - least),
        whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
        pick: (list) => list[Math.floor(next() * list.length)],
        /** [[weight, value], …] */
        weighted(list) {
            let at = next() * list.reduce((sum, [weight]) => sum + weight, 0);
            for (const [weight, value] of list) {
                at -= weight;
                if (at < 0) return value;
            }
            return list.at(-1)[1];
        },
        shuffled(list) {
            const out = [...list];
            for (let i = out.length - 1; i > 0; --i) {
                const j = Math.floor(next() * (i + 1));
                [out[i], out[j]] = [out[j], out[i]];
            }
            return out;
        },
        some: (list, count) => luck.shuffled(list).slice(0, count),
        uuid: () => [8, 4, 4, 4, 12].map((size) => Array.from({ length: size }, () => Math.floor(next() * 16).toString(16)).join('')).join('-'),
    };
    return luck;
}

/** A source of its own for each part of a run, so that one that draws more often does not change the others. */
export function luckFor(seed, name) {
    let mixed = seed >>> 0;
    for (const letter of String(name)) mixed = Math.imul(mixed ^ letter.codePointAt(0), 0x01000193) >>> 0;
    return luckOf(mixed);
}
