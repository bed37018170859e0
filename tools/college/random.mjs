// Repeatable randomness (mulberry32).
export class Random {
    #state;
    constructor(seed) {
        this.#state = seed >>> 0;
    }
    unit() {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let t = this.#state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }
    /** 0 … bound-1 */
    below(bound) {
        return Math.floor(this.unit() * bound);
    }
    between(low, high) {
        return low + this.below(high - low + 1);
    }
    pick(list) {
        return list[this.below(list.length)];
    }
    percent(chance) {
        return this.unit() * 100 < chance;
    }
}
