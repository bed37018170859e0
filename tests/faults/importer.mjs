// The office: imports new bills while everybody pays, changes amounts, and repeats an import that was cut short until it is certain.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { crashPoints } from './points.mjs';

const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

export class Importer {
    #world;
    #luck;
    #students;
    #count = 0;
    /** [{ file, period, rows: Map(student number → Map(item → fen)), written }] */
    batches = [];

    constructor(world, students, luck) {
        this.#world = world;
        this.#luck = luck;
        this.#students = students;
    }

    #write(period, rows) {
        const lines = [...rows].flatMap(([number, items]) => [...items].map(([item, fen]) => `${number},${period},${item},${yuan(fen)}`));
        const file = join(this.#world.lab.dir, `bills-${++this.#count}.csv`);
        writeFileSync(file, ['学号,收费区间,收费项目,应缴金额', ...lines, ''].join('\r\n'));
        return file;
    }

    /** Where this try is to be cut, if at all. */
    #cut() {
        if (!this.#world.faultsOn('import') || !this.#luck.chance(0.6)) return {};
        const name = this.#luck.pick(crashPoints.filter((one) => one.startsWith('import.') || one.startsWith('db.')));
        return { CAMPUS_CRASH: name.startsWith('db.') ? `${name}:${this.#luck.whole(1, 12)}` : name };
    }

    /** point: where the first try is to be cut; left out, chance decides. */
    async #import(batch, point) {
        for (let env = point ? { CAMPUS_CRASH: point } : this.#cut(); ; env = point ? {} : this.#cut()) {
            const { status, out } = await this.#world.lab.campuspayWith(env, 'import', 'bills', batch.file, '--by', 'breaker');
            if (status === 137) this.#world.count('import crashed');
            else if (status === 0) {
                batch.written = true;
                this.#world.witness.tell({ what: 'imported', period: batch.period, file: batch.file });
                return;
            } else if (status === 1) {
                // A bill whose amount should change stands in an unfinished order, or was paid: refused as a whole.
                batch.refused = out;
                return;
            }
            if (this.#world.leaving) return;
            await sleep(300);
        }
    }

    /** A new period of bills for everybody; point: where the first try is to be cut. */
    async newPeriod(point) {
        const first = 2030 + this.#count;
        const period = `${first}-${first + 1}学年`;
        const rows = new Map(
            this.#students.map((one) => [
                one.学号,
                new Map([
                    ['学费', this.#luck.whole(1000, 9000) * 100],
                    ['住宿费', this.#luck.whole(400, 1200) * 100],
                ]),
            ]),
        );
        const batch = { file: this.#write(period, rows), period, rows };
        this.batches.push(batch);
        await this.#import(batch, point);
        return batch;
    }

    /** Other amounts for some of them: a race with the students who are just paying these. */
    async #change({ period, rows }) {
        const some = this.#luck.some([...rows.keys()], 4);
        const changed = new Map(some.map((number) => [number, new Map([['学费', rows.get(number).get('学费') + 100]])]));
        const batch = { file: this.#write(period, changed), period, rows: changed, change: true };
        this.batches.push(batch);
        await this.#import(batch);
    }

    async work() {
        while (!this.#world.over) {
            const batch = await this.newPeriod();
            await sleep(this.#luck.between(500, 1500));
            if (batch.written && !this.#world.over) await this.#change(batch);
            for (let rest = this.#luck.between(4000, 9000); rest > 0 && !this.#world.over; rest -= 200) await sleep(200);
        }
    }
}
