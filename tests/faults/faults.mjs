// The faults that a run draws from. Each is { name, place, weight, excuses, lacks?, strike }: two faults of one place are never on
// together; `excuses` means that nobody can promise anything while it lasts, so the clock of "paid shows within 60 seconds" starts
// at its end; `lacks` says why it cannot be had here; strike(context) makes it happen and ends when all is well again.
import { databaseFaults } from './faults/database.mjs';
import { lineFaults } from './faults/line.mjs';
import { networkFaults } from './faults/network.mjs';
import { noticeFaults } from './faults/notices.mjs';
import { serverFaults } from './faults/servers.mjs';
import { wechatFaults } from './faults/wechat.mjs';

export { diskIsOwn } from './faults/database.mjs';

export const faults = [...serverFaults, ...databaseFaults, ...lineFaults, ...wechatFaults, ...noticeFaults, ...networkFaults];
