// The simulator's control API, and waiting for something to become true.
import { setTimeout as sleep } from 'node:timers/promises';

/** Answers control(method, path, body) for that lab; throws where the simulator refuses. */
export const controlOf = (lab) =>
    async function control(method, path, body) {
        const ask = () =>
            fetch(`${lab.phone}/control/${path}`, {
                method,
                headers: body ? { 'content-type': 'application/json' } : {},
                body: body && JSON.stringify(body),
            });
        // A kept connection may have been closed under the question; asking again is safe for a GET.
        const answer = await ask().catch((failure) => (method === 'GET' ? ask() : Promise.reject(failure)));
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return text ? JSON.parse(text) : undefined;
    };

/** Asks again until the answer satisfies, at most `seconds`. */
export async function eventually(ask, satisfies, seconds = 15) {
    let answer;
    for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
        answer = await ask();
        if (satisfies(answer)) return answer;
    }
    throw new Error(`did not happen in ${seconds} s; last: ${JSON.stringify(answer)}`);
}
