// A desk in the college's network: the first sign-in, a year's fees by a QR code that a phone scans, and a password that was forgotten.
import { indebted, expect, password, stack, test, userName } from './phone.mjs';

const base = () => stack().server;
const own = 'rain-on-the-rails-7';
const digits = '零一二三四五六七八九';

/** The other form of the captcha, as somebody who cannot see the picture answers it. */
async function answerCaptcha(desk) {
    const question = desk.getByTestId('captcha-question');
    if (!(await question.isVisible())) await desk.getByTestId('captcha-other').click();
    await expect(question).toContainText('请计算');
    const [, a, sign, b] = /请计算：(.)(.)(.)等于几/.exec(await question.textContent());
    const [x, y] = [digits.indexOf(a), digits.indexOf(b)];
    await desk.getByTestId('captcha').fill(String(sign === '加' ? x + y : x - y));
}

async function signIn(desk, student, secret) {
    await desk.getByTestId('username').fill(userName(student));
    await desk.getByTestId('password').fill(secret);
    await answerCaptcha(desk);
    await desk.getByTestId('sign-in').click();
}

async function chooseAnswers(desk) {
    for (const [at, answer] of ['长春市', '红楼梦', '锅包肉'].entries()) await desk.getByTestId(`answer_${at}`).fill(answer);
}

async function firstSignIn(desk, student) {
    await desk.goto(`${base()}/portal/`);
    await signIn(desk, student, password(student));
    await expect(desk.getByTestId('first-password')).toBeVisible();
    await desk.getByTestId('new_password').fill(own);
    await desk.getByTestId('new_password_again').fill(own);
    await chooseAnswers(desk);
    await desk.getByTestId('send').click();
    await expect(desk.getByTestId('sign-in-form')).toBeVisible();
    await signIn(desk, student, own);
    await expect(desk.getByTestId('bar-tuition')).toBeVisible();
}

/** What the phone's camera sees of the desk's screen. */
async function scan(phone, desk) {
    const picture = await desk.getByTestId('qr').screenshot();
    await phone.at('open-scan').click();
    await phone.at('scan-file').setInputFiles({ name: 'qr.png', mimeType: 'image/png', buffer: picture });
}

test('a student changes the initial password at a desk and pays a year by a QR code', async ({ phone, desk, shot }) => {
    const student = indebted(30);
    await desk.goto(`${base()}/portal/`);
    await expect(desk.getByTestId('captcha-picture')).toBeVisible();
    await shot('sign-in');
    await signIn(desk, student, '000000');
    await expect(desk.getByTestId('sign-in-problem')).not.toBeEmpty();
    await expect(desk.getByTestId('username')).toHaveValue(userName(student));

    await firstSignIn(desk, student);
    await shot('fees');
    await desk.getByTestId('bar-tuition').click();
    await expect(desk.getByTestId('bill').first()).toBeVisible();
    await expect(desk.getByTestId('tick-all')).toBeChecked();
    await shot('choose');
    await desk.getByTestId('next').click();
    await expect(desk.getByTestId('merchant')).toContainText('吉林交通职业技术学院');
    await shot('confirm');
    await desk.getByTestId('confirm').click();
    await expect(desk.getByTestId('qr')).toBeVisible();
    await expect(desk.getByTestId('left')).toContainText('后失效');
    await shot('scan');

    // Gone and come back: the same order, the same code.
    const number = await desk.getByTestId('order-no').textContent();
    await desk.reload();
    await expect(desk.getByTestId('order-no')).toHaveText(number);
    await expect(desk.getByTestId('qr')).toBeVisible();

    await phone.follow();
    await phone.home();
    await scan(phone, desk);
    await expect(phone.at('pay-merchant')).toContainText('吉林交通职业技术学院');
    await phone.pay();
    await expect(desk.getByTestId('paid')).toBeVisible();
    await shot('paid');
    await desk.getByTestId('to-fees').click();
    await desk.getByTestId('bar-orders').click();
    await expect(desk.getByTestId('order').first()).toContainText('支付成功');
    await shot('orders');
    await desk.getByTestId('bar-me').click();
    await expect(desk.getByTestId('profile')).toContainText('人员编号');
    await shot('me');
    await desk.getByTestId('sign-out').click();
    await expect(desk.getByTestId('sign-in-form')).toBeVisible();
});

test('an order that was begun on the phone is found at the desk, and paid there after it was given up', async ({ phone, desk, shot }) => {
    const student = indebted(31);
    await phone.enter();
    await phone.signIn(student);
    await phone.toPaySheet();
    await phone.at('pay-cancel').click();
    await firstSignIn(desk, student);
    await desk.getByTestId('bar-tuition').click();
    await shot('live-order');
    await desk.getByTestId('live-continue').first().click();
    await expect(desk.getByTestId('swap')).toBeVisible();
    await shot('on-the-phone');
    await desk.getByTestId('swap').click();
    await desk.getByTestId('swap-yes').click();
    await expect(desk.getByTestId('qr')).toBeVisible();
    await phone.at('browser-close').click();
    await phone.home();
    await scan(phone, desk);
    await phone.pay();
    await expect(desk.getByTestId('paid')).toBeVisible();
});

test('a forgotten password: three answers, a word from the bound WeChat, a new one', async ({ phone, desk, shot }) => {
    const student = indebted(32);
    await phone.enter();
    await phone.signIn(student);
    await phone.in('bind-accept').click();
    await expect(phone.in('bind-accept')).toHaveCount(0);
    await firstSignIn(desk, student);
    await desk.getByTestId('sign-out').click();
    await desk.getByTestId('to-recover').click();
    await desk.getByTestId('username').fill(userName(student));
    await answerCaptcha(desk);
    await desk.getByTestId('send').click();
    await expect(desk.getByTestId('recover-answers')).toBeVisible();
    await shot('questions');
    const labels = { 出生地: '长春市', 小学: '红楼梦', 班主任: '锅包肉' };
    const asked = desk.getByTestId('recover-answers');
    for (const box of await asked.locator('input[type=text]').all()) {
        const id = await box.getAttribute('id');
        const label = await desk.locator(`label[for="${id}"]`).textContent();
        const [, answer] = Object.entries(labels).find(([word]) => label.includes(word));
        await box.fill(answer);
    }
    await desk.getByTestId('send').click();
    await expect(desk.getByTestId('recover-scan')).toBeVisible();
    await shot('waiting-for-wechat');
    await phone.at('browser-close').click();
    await phone.home();
    await scan(phone, desk);
    await phone.in('recovery-yes').click();
    await expect(desk.getByTestId('recover-password')).toBeVisible();
    await desk.getByTestId('new_password').fill('another-train-8');
    await desk.getByTestId('new_password_again').fill('another-train-8');
    await desk.getByTestId('send').click();
    // The page leads there by itself.
    await expect(desk.getByTestId('sign-in-form')).toBeVisible();
    await signIn(desk, student, 'another-train-8');
    await expect(desk.getByTestId('bar-tuition')).toBeVisible();
});
