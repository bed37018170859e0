// Database, simulator and server as three machines that a test can switch off and on again, on free ports and in a folder of
// their own. What runs is written to lab.json, so that every test file (a process of its own) can reach for the same switches.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);
process.env.PATH += ':/usr/sbin:/sbin'; // mariadbd is not on a user's PATH

const isFree = (port) =>
    new Promise((answer) => {
        const probe = createServer();
        probe.once('error', () => answer(false));
        probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
    });

async function freePortBase() {
    for (;;) {
        const base = 33000 + Math.floor(Math.random() * 12000);
        const free = await Promise.all([0, 1, 2, 3, 10, 11, 12, 20, 21, 22, 23, 24, 25].map((offset) => isFree(base + offset)));
        if (free.every(Boolean)) return base;
    }
}

const isRoot = () => process.getuid() === 0;
const alive = (pid) => {
    try {
        process.kill(pid, 0);
        // A child that has ended but was not waited for is as good as gone.
        return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
        return false;
    }
};

const isNode = (pid) => alive(pid) && /\bnode\b/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]);

async function until(what, ask, seconds = 60) {
    for (const deadline = Date.now() + seconds * 1000; ; await sleep(30)) {
        if (await ask().catch(() => false)) return;
        if (Date.now() > deadline) throw new Error(`${what} did not happen in ${seconds} s`);
    }
}

const answers = async (url) => (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;

export class Lab {
    #file;
    #exits = new Map();
    #running = new Set();

    constructor(file) {
        this.#file = file;
        Object.assign(this, JSON.parse(readFileSync(file, 'utf8')));
    }

    /** The lab that run.mjs started. */
    static here() {
        return new Lab(process.env.CAMPUS_LAB);
    }

    #save(changes) {
        const kept = { ...JSON.parse(readFileSync(this.#file, 'utf8')), ...changes };
        writeFileSync(this.#file, JSON.stringify(kept, null, 2));
        Object.assign(this, changes);
    }

    #now(name) {
        return JSON.parse(readFileSync(this.#file, 'utf8')).pids[name];
    }

    #spawn(name, command, words, env = {}) {
        this.#exits.delete(name);
        const log = openSync(join(this.dir, 'log', `${name}.log`), 'a');
        const child = spawn(command, words, {
            cwd: root,
            detached: true,
            stdio: ['ignore', log, log],
            env: { ...process.env, ...env },
        });
        closeSync(log);
        this.#running.add(child.pid);
        child.once('exit', (code) => {
            this.#running.delete(child.pid);
            this.#exits.set(name, code);
        });
        child.unref();
        this.#save({ pids: { ...JSON.parse(readFileSync(this.#file, 'utf8')).pids, [name]: child.pid } });
    }

    keepSmallDisk(folder) {
        this.#save({ smallDisk: folder });
    }

    async #gone(name, signal, seconds = 20) {
        const pid = this.#now(name);
        if (!pid || !alive(pid)) return;
        process.kill(pid, signal);
        // Of our own children we hear when the last thread has gone, and with it every lock on a file.
        const gone = async () => !this.#running.has(pid) && !alive(pid);
        await until(`${name} ending on ${signal}`, gone, seconds);
    }

    async startDatabase() {
        const data = join(this.dir, 'db');
        const words = ['--no-defaults'];
        if (isRoot()) words.push('--user=root');
        words.push(
            `--datadir=${data}/data`,
            `--socket=${this.socket}`,
            `--pid-file=${data}/pid`,
            `--tmpdir=${data}`, // a server that starts removes what others hold there
            '--skip-networking',
            '--innodb-log-file-size=8M',
            '--innodb-buffer-pool-size=64M',
            '--character-set-server=utf8mb4',
            `--log-error=${this.dir}/log/database.err.log`,
        );
        this.#spawn('database', 'mariadbd', words);
        const ping = () => run('mariadb-admin', ['--no-defaults', `--socket=${this.socket}`, 'ping']).then(() => true);
        await until('the database answering', async () => !this.databaseLives() || (await ping()));
        if (!this.databaseLives()) throw new Error('the database ended while it started');
    }
    databaseLives() {
        return alive(this.#now('database'));
    }
    killDatabase() {
        return this.#gone('database', 'SIGKILL');
    }
    /** Frozen: connections stay, answers do not come. */
    freezeDatabase(frozen = true) {
        process.kill(this.#now('database'), frozen ? 'SIGSTOP' : 'SIGCONT');
    }

    async startServer(env = {}) {
        const settings = { CAMPUSPAY__SERVER__TRUSTED_PROXIES: '127.0.0.1', ...env };
        this.#spawn('server', this.binary, ['--config', this.config, 'serve'], settings);
        await until('the server being ready', () => answers(`${this.ops}/readyz`), 30);
    }
    killServer() {
        return this.#gone('server', 'SIGKILL');
    }
    stopServer() {
        return this.#gone('server', 'SIGTERM');
    }
    serverLives() {
        return alive(this.#now('server'));
    }

    /** A second process of the same server over the same database, at `twin`. */
    async startTwin() {
        const listen = (address) => address.replace('http://', '');
        this.#spawn('server-twin', this.binary, ['--config', this.config, 'serve'], {
            CAMPUSPAY__SERVER__LISTEN: listen(this.twin),
            CAMPUSPAY__SERVER__OPS_LISTEN: listen(this.twinOps),
            CAMPUSPAY__SERVER__TRUSTED_PROXIES: '127.0.0.1',
        });
        await until('the second server being ready', () => answers(`${this.twinOps}/readyz`), 30);
    }
    stopTwin(signal = 'SIGTERM') {
        return this.#gone('server-twin', signal);
    }

    /**
     * Starts one of the servers that stand behind a balancer at `server`: lab.servers[i]. Answers whether it became ready; false
     * means that it ended before (it crashed where its environment told it to, or the database was away).
     */
    async startServerAt(i, env = {}) {
        const { at, ops, name } = this.servers[i];
        this.#spawn(name, this.binary, ['--config', this.config, 'serve'], {
            CAMPUSPAY__SERVER__LISTEN: at.replace('http://', ''),
            CAMPUSPAY__SERVER__OPS_LISTEN: ops.replace('http://', ''),
            CAMPUSPAY__SERVER__TRUSTED_PROXIES: '127.0.0.1',
            ...env,
        });
        let ready = false;
        const known = async () => {
            ready = this.serverAtLives(i) && (await answers(`${ops}/readyz`));
            return ready || !this.serverAtLives(i);
        };
        await until(`${name} being ready`, known, 60);
        return ready;
    }
    serverAtLives(i) {
        return alive(this.#now(this.servers[i].name));
    }
    stopServerAt(i, signal = 'SIGTERM') {
        return this.#gone(this.servers[i].name, signal);
    }
    /** Frozen: its connections stay, answers do not come; it wakes up late. */
    freezeServerAt(i, frozen = true) {
        process.kill(this.#now(this.servers[i].name), frozen ? 'SIGSTOP' : 'SIGCONT');
    }
    /** The code it ended with; null when a signal ended it. */
    exitOfServerAt(i) {
        return this.#exits.get(this.servers[i].name);
    }
    pidOfServerAt(i) {
        return this.#now(this.servers[i].name);
    }

    async startSimulator() {
        this.#spawn('simulator', process.execPath, [join(root, 'tools/wechat-simulator/dist/main.js'), '--config', join(this.dir, 'simulator.json')]);
        await until('the simulator answering', () => answers(`${this.phone}/control/health`), 30);
    }

    /** The school's other system, which takes top-ups. */
    async startReceiver() {
        this.#spawn('receiver', process.execPath, [join(root, 'tools/top-up-receiver/main.mjs'), '--config', join(this.dir, 'top-ups.json')]);
        await until('the receiver of top-ups answering', () => answers(`${this.receiver}/control/health`), 30);
    }
    stopReceiver() {
        return this.#gone('receiver', 'SIGKILL');
    }

    /** A command of campuspay: { status, out }. */
    campuspay(...words) {
        return this.campuspayWith({}, ...words);
    }
    /** The same with more in its environment; `status` is null when a signal ended it. */
    campuspayWith(env, ...words) {
        return new Promise((done) => {
            execFile(this.binary, ['--config', this.config, ...words], { cwd: root, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
                done({ status: error ? (error.code ?? 1) : 0, out: stdout + stderr }),
            );
        });
    }

    /** Rows of a file of the invented college: students, bills or items. */
    college(name) {
        const [head, ...rows] = readFileSync(join(this.dir, `college/${name}.csv`), 'utf8')
            .trimEnd()
            .split('\r\n')
            .map((line) => line.split(','));
        return rows.map((row) => Object.fromEntries(head.map((column, i) => [column, row[i]])));
    }

    /** Rows of a query as objects of strings; NULL is null. */
    async sql(query) {
        const ask = () =>
            run('mariadb', ['--no-defaults', `--socket=${this.socket}`, '--batch', '--raw', 'campuspay', '-e', query], { maxBuffer: 64 * 1024 * 1024 });
        // Whoever writes beside the server may lose to it: nothing happened, so once more.
        const lost = (failure) => /ERROR (1213|1205) /.test(String(failure.stderr ?? failure.message));
        const { stdout } = await ask().catch((failure) => (lost(failure) ? ask() : Promise.reject(failure)));
        const [head, ...rows] = stdout.split('\n').filter((line) => line !== '');
        if (!head) return [];
        const names = head.split('\t');
        return rows.map((row) => Object.fromEntries(row.split('\t').map((value, i) => [names[i], value === 'NULL' ? null : value])));
    }

    async stop() {
        await this.stopTwin('SIGKILL');
        for (let i = 0; i < (this.servers?.length ?? 0); ++i) await this.stopServerAt(i, 'SIGKILL');
        await this.#gone('server', 'SIGTERM').catch(() => this.killServer());
        await this.stopReceiver();
        await this.#gone('simulator', 'SIGTERM').catch(() => this.#gone('simulator', 'SIGKILL'));
        // Frozen by a test that failed: let it hear the signal.
        if (alive(this.#now('database'))) process.kill(this.#now('database'), 'SIGCONT');
        await this.#gone('database', 'SIGTERM', 60).catch(() => this.killDatabase());
        if (this.smallDisk) await run('umount', [this.smallDisk]).catch(() => undefined); // gone already after a reboot
    }
}

/** A disk of its own for the database, small enough to be filled. Only root may; false where that is refused. */
async function mountSmallDisk(at, megabytes) {
    if (!isRoot()) return false;
    return run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'campuspay-test', at]).then(
        () => true,
        () => false,
    );
}

/**
 * name: folder below build/stacks, emptied first. students: size of the invented college. servers: so many are started, on ports
 * of their own, and `server` is left to a balancer. serverEnv: their environment, or what answers it once the database is up.
 * diskMegabytes: size of the database's own disk, where there may be one.
 */
export async function openLab({ name, students = 60, timeScale = 60, servers = 0, serverEnv = {}, diskMegabytes = 0 }) {
    const binary = process.env.CAMPUS_BINARY ?? join(root, 'build/release/campuspay');
    if (!existsSync(binary)) throw new Error(`${binary} is not built`);
    const dir = join(root, 'build/stacks', name);
    const file = join(dir, 'lab.json');
    if (existsSync(file)) {
        const before = new Lab(file);
        if (before.owner !== process.pid && isNode(before.owner)) throw new Error(`${dir} is in use by process ${before.owner}`);
        await before.stop(); // left over from a run that was killed
    }
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(join(dir, 'log'), { recursive: true });

    const base = await freePortBase();
    const at = (offset) => `http://127.0.0.1:${base + offset}`;
    // A socket path may have 107 bytes at most.
    const near = join(dir, 'db', 's.sock');
    const socket = near.length <= 100 ? near : join(tmpdir(), `campuspay-lab-${process.pid}.sock`);
    writeFileSync(
        file,
        JSON.stringify({
            dir,
            owner: process.pid,
            binary,
            socket,
            server: at(0),
            ops: at(1),
            twin: at(2),
            twinOps: at(3),
            servers: Array.from({ length: servers }, (_, i) => ({ name: `server-${i + 1}`, at: at(20 + 2 * i), ops: at(21 + 2 * i) })),
            phone: at(10),
            browser: at(11),
            receiver: at(12),
            config: join(dir, 'campuspay.toml'),
            pids: {},
        }),
    );
    const lab = new Lab(file);
    try {
        const asUser = isRoot() ? ['--user=root'] : [];
        mkdirSync(join(dir, 'db'));
        if (diskMegabytes && (await mountSmallDisk(join(dir, 'db'), diskMegabytes))) lab.keepSmallDisk(join(dir, 'db'));
        await run('mariadb-install-db', [
            '--no-defaults',
            ...asUser,
            `--datadir=${dir}/db/data`,
            '--auth-root-authentication-method=socket',
            `--auth-root-socket-user=${userInfo().username}`,
            '--skip-test-db',
            '--innodb-log-file-size=8M',
        ]);
        await lab.startDatabase();
        await run('mariadb', ['--no-defaults', `--socket=${socket}`, '-e', 'CREATE DATABASE campuspay CHARACTER SET utf8mb4']);
        await run(process.execPath, [join(root, 'tools/wechat-simulator/dist/make-keys.js'), join(dir, 'keys')]);
        await run(process.execPath, [join(root, 'tools/lib/settings.mjs'), dir, root, String(base), socket, userInfo().username, String(timeScale)]);
        await run(join(root, 'tools/make-college'), ['--students', String(students), '--seed', '7', '--out', join(dir, 'college')]);
        for (const words of [['migrate'], ...['items', 'students', 'bills'].map((kind) => ['import', kind, join(dir, `college/${kind}.csv`)])]) {
            const { status, out } = await lab.campuspay(...words);
            if (status !== 0) throw new Error(`campuspay ${words.join(' ')}: ${out}`);
        }
        await lab.startSimulator();
        await lab.startReceiver();
        const env = typeof serverEnv === 'function' ? await serverEnv(lab) : serverEnv;
        if (servers === 0) await lab.startServer();
        for (let i = 0; i < servers; ++i) await lab.startServerAt(i, env);
        const menu = await lab.campuspay('menu', 'publish', join(root, 'conf/menu.json'));
        if (menu.status !== 0) throw new Error(`menu publish: ${menu.out}`);
    } catch (failure) {
        await lab.stop();
        throw failure;
    }
    return { lab, file };
}
