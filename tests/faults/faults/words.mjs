// What several faults need.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again, at most that long; answers the last word. */
export const until = async (ask, seconds) => {
    for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline && !ask(); ) await sleep(30);
    return ask();
};
/** The machines of the fault are up again; it lasts until then. */
export const upAgain = ({ fleet }) => fleet.allReady(40).catch(() => undefined);

/** A fault of the simulator, on for a while; its hits are counted. */
export async function simulatorFault(to, kind, more, least, most) {
    const { id } = await to.control('POST', 'faults', { kind, times: 0, ...more });
    await sleep(to.luck.between(least, most));
    const now = (await to.control('GET', 'faults')).faults.find((one) => one.id === id);
    if (now) {
        to.count(`${kind} (WeChat)`, now.hits);
        await to.control('DELETE', `faults/${id}`);
    }
}

/** Settings of the simulator, for a while. */
export const changedSettings = async (to, changes, least, most) => {
    const before = await to.control('GET', 'settings');
    await to.control('POST', 'settings', changes);
    await sleep(to.luck.between(least, most));
    await to.control('POST', 'settings', Object.fromEntries(Object.keys(changes).map((key) => [key, before[key]])));
};
