// Writes the settings of a private stack: campuspay.toml for the server, simulator.json for the simulator and top-ups.json for the
// receiver of top-ups, from the throw-away keys in DIR/keys. Existing files keep their secrets: only addresses are renewed.
//
//   node settings.mjs DIR ROOT PORT_BASE SOCKET USER [TIME_SCALE]
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, root, portText, socket, user, timeScale = '1'] = process.argv.slice(2);
const port = Number(portText);
const keysDir = join(dir, 'keys');
const keys = JSON.parse(readFileSync(join(keysDir, 'keys.json'), 'utf8'));

const school = '吉林交通职业技术学院';
const merchantName = '吉林交通职业技术学院';
const address = (offset) => `127.0.0.1:${port + offset}`;
const publicUrl = `http://${address(0)}`;
const simulator = `http://${address(10)}`;

const masterKeyFile = join(dir, 'keys', 'master.key');
if (!existsSync(masterKeyFile)) {
    writeFileSync(masterKeyFile, randomBytes(32).toString('base64') + '\n', { mode: 0o600 });
}

const topUpKeyFile = join(dir, 'keys', 'top-up.key');
if (!existsSync(topUpKeyFile)) writeFileSync(topUpKeyFile, randomBytes(32).toString('hex') + '\n', { mode: 0o600 });

// A TOML basic string takes JSON's escapes.
const text = (value) => JSON.stringify(value);
const key = (name) => text(join(keysDir, name));

// Templates of the account as the simulator knows them, and what fills their keys.
const templates = {
    paid: { id: 'TPL_PAID', title: '缴费成功通知', fields: { thing1: 'items', amount2: 'amount', time3: 'time', character_string4: 'order_no' } },
    refunded: { id: 'TPL_REFUNDED', title: '退款成功通知', fields: { amount1: 'amount', time2: 'time', character_string3: 'order_no', thing4: 'reason' } },
};
const templateLines = Object.entries(templates).flatMap(([kind, { id, fields }]) => [
    `${kind} = ${text(id)}`,
    `${kind}_fields = { ${Object.entries(fields).map(([name, word]) => `${name} = ${text(word)}`).join(', ')} }`,
]);

const conf = `# Made by tools/run for this machine alone; conf/campuspay.toml.example explains every key.
[server]
listen = ${text(address(0))}
ops_listen = ${text(address(1))}
public_url = ${text(publicUrl)}
static_dir = ${text(join(root, 'h5/dist'))}
io_threads = 2

[database]
url = ${text(`mysql://${encodeURIComponent(user)}@/campuspay?socket=${socket}`)}
pool_size = 4

[security]
master_key = ${text('file:' + masterKeyFile)}

[school]
name = ${text(school)}

[school.english]
${text(school)} = "Jilin Communications Polytechnic"
"职业技能竞赛讲座" = "Talk: vocational skills contest"
"驾驶技能培训班" = "Driving course"

[top_ups]
notify_url = ${text(`http://${address(12)}/top-ups`)}
key = ${text('file:' + topUpKeyFile)}

[wechat.account]
name = ${text(school)}
app_id = ${text(keys.app_id)}
app_secret = ${text(keys.app_secret)}
token = ${text(keys.token)}
encoding_aes_key = ${text(keys.encoding_aes_key)}
original_id = ${text(keys.original_id)}
mode = "safe"
api_base = ${text(simulator)}
authorize_base = ${text(simulator)}

[wechat.account.templates]
${templateLines.join('\n')}

[[wechat.pay]]
mch_id = ${text(keys.mch_id)}
merchant_name = ${text(merchantName)}
serial_no = ${text(keys.merchant_serial_no)}
private_key = ${key('merchant.private.pem')}
api_v3_key = ${text(keys.api_v3_key)}
api_base = ${text(simulator)}

[wechat.pay.platform_keys]
${text(keys.public_key_id)} = ${key('platform_pubkey.public.pem')}
${text(keys.certificate_serial)} = ${key('platform_cert.cert.pem')}
`;

const play = {
    listen: address(10),
    browser_listen: address(11),
    target: publicUrl,
    account: {
        name: school,
        app_id: keys.app_id,
        app_secret: keys.app_secret,
        token: keys.token,
        encoding_aes_key: keys.encoding_aes_key,
        original_id: keys.original_id,
        mode: 'safe',
        templates: Object.fromEntries(Object.values(templates).map(({ id, title, fields }) => [id, { title, keys: Object.keys(fields) }])),
    },
    merchants: [
        {
            mch_id: keys.mch_id,
            name: merchantName,
            serial_no: keys.merchant_serial_no,
            merchant_public_key: join(keysDir, 'merchant.public.pem'),
            api_v3_key: keys.api_v3_key,
            signing: 'public_key',
            public_key_id: keys.public_key_id,
            public_key_private: join(keysDir, 'platform_pubkey.private.pem'),
            certificate_serial: keys.certificate_serial,
            certificate_private: join(keysDir, 'platform_cert.private.pem'),
            certificate: join(keysDir, 'platform_cert.cert.pem'),
        },
    ],
    state_dir: join(dir, 'simulator'),
    time_scale: Number(timeScale),
};

const receiver = {
    listen: address(12),
    key: readFileSync(topUpKeyFile, 'utf8').trim(),
    state_file: join(dir, 'top-ups.jsonl'),
};

writeFileSync(join(dir, 'campuspay.toml'), conf, { mode: 0o600 });
writeFileSync(join(dir, 'simulator.json'), JSON.stringify(play, null, 2) + '\n', { mode: 0o600 });
writeFileSync(join(dir, 'top-ups.json'), JSON.stringify(receiver, null, 2) + '\n', { mode: 0o600 });
