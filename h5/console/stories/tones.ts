/** How a state is meant: done, waiting, wrong, over, or simply to be seen. */
export type Tone = 'good' | 'wait' | 'bad' | 'plain' | 'brand'
