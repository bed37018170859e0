// Starts the whole stack once for all journeys; its addresses reach them through the environment.
import { startStack } from '../support/stack.mjs';

export default async function setup() {
    const stack = await startStack({ name: 'journeys' });
    process.env.CAMPUS_STACK = JSON.stringify({ ...stack, stop: undefined });
    return () => stack.stop();
}
