// From the menu button to the paid bill, both ways of signing in, and everything that can be tapped differently on the way.
import { control, desk, expect, indebted, newcomer, password, settled, stack, test, twoYears, userName } from './phone.mjs';

test('a student pays from the menu to 已缴费', async ({ phone }) => {
    await phone.follow();
    await expect(phone.at('message').first()).toBeVisible();
    await expect(phone.at('menu-button-0')).toHaveText(/缴费入口/);
    await phone.shot('chat');

    await phone.tapMenu();
    await phone.in('username').fill(userName(twoYears));
    await phone.in('password').fill('000000');
    await phone.in('sign-in').click();
    await expect(phone.in('sign-in-problem')).not.toBeEmpty();
    await phone.shot('refused');
    await phone.signIn(twoYears);
    await expect(phone.in('total-owed')).toContainText('13,086.50');
    await phone.shot('home');

    await phone.in('home-pay').click();
    await expect(phone.in('bill')).toHaveCount(5);
    await expect(phone.in('tick-all')).toBeChecked();
    await expect(phone.in('chosen-total')).toContainText('13,086.50');
    await phone.shot('fees');
    await phone.in('pay').click();
    await expect(phone.in('confirm-total')).toContainText('13,086.50');
    await expect(phone.in('merchant')).toContainText('吉林交通职业技术学院');
    await phone.shot('confirm');
    await phone.in('confirm-pay').click();
    await expect(phone.at('pay-merchant')).toContainText('吉林交通职业技术学院');
    await expect(phone.at('pay-amount')).toContainText('13,086.50');
    await phone.shot('pay-sheet');
    await phone.pay();

    await expect(phone.in('result-paid')).toHaveText('支付成功');
    await expect(phone.in('transaction-id')).toHaveText(/^\d{28}$/);
    await expect(phone.in('paid-at')).not.toBeEmpty();
    const number = await phone.in('order-no').textContent();
    await phone.shot('paid');

    await phone.openMenu('orders');
    await expect(phone.inside.locator(`[data-order="${number.trim()}"]`)).toContainText('13,086.50');
    await phone.shot('orders');
    await phone.openMenu('paid');
    await expect(phone.in('paid-total')).toContainText('13,086.50');
    await expect(phone.in('paid-item')).toHaveCount(5);
    await phone.shot('paid-items');
    await phone.openMenu('home');
    await expect(phone.in('total-owed')).toContainText('0.00');

    const { payments } = await control('GET', 'books');
    expect(payments.filter((one) => one.out_trade_no === number.trim()).map((one) => one.total)).toEqual([1308650]);
});

test('a new student signs in by ID number and name, cancels, and continues later', async ({ phone }) => {
    await phone.enter();
    await phone.signInByIdentity(newcomer);
    await phone.toPaySheet();
    await phone.at('pay-cancel').click();
    await expect(phone.in('arrival')).toContainText('没有扣款');
    await phone.shot('cancelled');

    // Leaves WeChat's browser and comes back through the menu.
    await phone.at('browser-close').click();
    await phone.tapMenu();
    await expect(phone.in('home-live-order')).toBeVisible();
    await phone.shot('unfinished');
    await phone.in('home-live-order').click();
    await phone.in('order-continue').click();
    await expect(phone.at('pay-sheet')).toBeVisible();
    await phone.pay();
    await expect(phone.in('result-paid')).toHaveText('支付成功');
    await expect(phone.in('bind-offer')).toHaveCount(0);
});

test('a new student signs in with the ID number as user name', async ({ phone }) => {
    await phone.enter();
    await phone.in('username').fill(userName(newcomer));
    await phone.in('password').fill(password(newcomer));
    await phone.in('sign-in').click();
    await expect(phone.in('total-owed')).toBeVisible();
});

test('a failed payment says so; the order is cancelled and its bills are free', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(indebted(0));
    await phone.toPaySheet();
    await phone.at('pay-staff').click();
    await phone.at('pay-fail-balance').click();
    // WeChat's own word for it; whoever taps on is back on our page.
    await phone.at('dialog-ok').click();
    const cancel = phone.at('pay-cancel');
    if (await cancel.isVisible().catch(() => false)) await cancel.click();
    await expect(phone.in('arrival')).toContainText('没有扣款');
    await phone.shot('failed');
    await phone.in('order-cancel').click();
    await phone.in('cancel-yes').click();
    await expect(phone.in('state-word')).toContainText('关闭');
    await phone.shot('closed');
    await phone.in('order-to-fees').click();
    await expect(phone.in('pay')).toBeEnabled();
});

test('the app dies after paying: the order is found paid', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(indebted(1));
    await control('POST', 'faults', { kind: 'notice_never', times: 0 });
    await phone.toPaySheet();
    await phone.at('pay-staff').click();
    await phone.at('pay-lost-return').click();
    await phone.typePassword();
    await expect.poll(async () => (await control('GET', `orders?openid=${phone.openid}`)).orders[0].state).toBe('SUCCESS');
    await phone.page.goto(`${stack().phone}/?user=${phone.openid}`);
    await phone.at('chat-item-account').click();
    await phone.tapMenu();
    await phone.openMenu('orders');
    await phone.in('order').first().click();
    await expect(phone.in('state-word')).toContainText('支付成功', { timeout: 20_000 });
    await phone.shot('found-paid');
});

test('while WeChat is silent nobody is told that a paid order is unpaid', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(indebted(4));
    await control('POST', 'faults', { kind: 'notice_never', times: 0 });
    await phone.toPaySheet();
    await control('POST', 'faults', { kind: 'error', where: { operation: 'query_no' }, times: 0 });
    await phone.pay();
    await expect(phone.in('result-confirming')).toBeVisible();
    await phone.openMenu('orders');
    await phone.in('order').first().click();
    await expect(phone.in('state-word')).toHaveText('支付结果确认中');
    await expect(phone.inside.getByText('尚未支付')).toHaveCount(0);
    await phone.shot('silent');
    await control('DELETE', 'faults');
    await expect(phone.in('state-word')).toHaveText('支付成功', { timeout: 20_000 });
});

test('the page wears the colours of the phone and leaves the title to WeChat', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(indebted(5));
    await expect(phone.at('browser-title')).toHaveText('校园缴费');
    await expect.poll(async () => (await phone.inside.locator('.top-bar-title').boundingBox()).width).toBeLessThan(2);
    const ground = () => phone.inside.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(await ground()).toBe('rgb(237, 237, 237)');
    await phone.at('theme-toggle').click();
    await expect.poll(ground).toBe('rgb(17, 17, 17)');
    await phone.in('home-fees').click();
    await expect(phone.in('pay')).toBeVisible();
    await phone.shot('dark');
    // Whoever opens the next page in the dark is not dazzled first.
    await phone.at('browser-close').click();
    await phone.tapMenu();
    await expect(phone.in('total-owed')).toBeVisible();
    expect(await ground()).toBe('rgb(17, 17, 17)');
});

test('money that goes back is seen on its way and when it has come', async ({ phone }) => {
    // The server asks WeChat in widening steps, and a busy machine widens them.
    test.setTimeout(150_000);
    await phone.enter();
    await phone.signIn(indebted(6));
    await phone.toPaySheet();
    await phone.pay();
    await expect(phone.in('result-paid')).toBeVisible();
    const number = (await phone.in('order-no').textContent()).trim();
    await phone.in('result-order').click();
    await expect(phone.in('state-word')).toHaveText('支付成功');
    await expect(phone.in('refunds')).toHaveCount(0);

    await control('POST', 'settings', { refund_result: 'PROCESSING' });
    const asked = await desk('refund', 'ask', number, '--reason', 'leaver', '--line', '1=100.00', '--by', 'li');
    const [refund] = asked.trim().split(/\s/);
    await desk('refund', 'release', refund, '--by', 'wang');
    const orderAgain = async () => {
        await phone.openMenu('orders');
        await phone.inside.locator(`[data-order="${number}"]`).click();
        await expect(phone.in('state-word')).toBeVisible();
        return phone.in('state-word').textContent();
    };
    await expect.poll(orderAgain, { timeout: 60_000, intervals: [1000] }).toBe('退款处理中');
    await expect(phone.in('refund')).toContainText('离校退费');
    await phone.shot('refunding');

    // The page tells of it as soon as it is released; WeChat may hear of it a moment later.
    await expect(() => control('POST', `refunds/${refund}`, { status: 'SUCCESS' })).toPass({ timeout: 60_000 });
    await expect.poll(orderAgain, { timeout: 60_000, intervals: [1000] }).toBe('部分退款');
    await expect(phone.in('refunded')).toContainText('100.00');
    await phone.openMenu('paid');
    await expect(phone.in('refunded-total')).toContainText('100.00');
    await phone.shot('refunded');
    await control('POST', 'settings', { refund_result: 'SUCCESS' });
});

test('binding skips the password next time, and can be undone', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(indebted(2));
    await phone.in('bind-accept').click();
    await expect(phone.in('bind-offer')).toContainText('已绑定');
    await phone.shot('bound');
    await phone.openMenu('sign-out');
    await phone.in('sign-in-wechat').click();
    await expect(phone.in('total-owed')).toBeVisible();
    await phone.openMenu('me');
    await phone.in('unbind').click();
    await phone.in('unbind-yes').click();
    await expect(phone.in('binding-done')).toContainText('已解除');
});

test('who owes nothing is told so', async ({ phone }) => {
    await phone.enter();
    await phone.signIn(settled);
    await expect(phone.in('total-owed')).toContainText('0.00');
    await phone.shot('nothing-owed');
});

test('outside WeChat one can look, and is told how to pay', async ({ page }) => {
    const student = indebted(3);
    await page.goto(`${stack().server}/h5/`);
    await page.getByTestId('username').fill(userName(student));
    await page.getByTestId('password').fill(password(student));
    await page.getByTestId('sign-in').click();
    await page.getByTestId('home-pay').click();
    await page.getByTestId('pay').click();
    await expect(page.getByTestId('how-to-pay')).toContainText('微信');
    await expect(page.getByTestId('confirm-pay')).toHaveCount(0);
});

test('the chat answers 缴费 with the way there', async ({ phone }) => {
    await phone.follow();
    if (!(await phone.at('chat-input').isVisible())) await phone.at('keyboard-toggle').click();
    await phone.at('chat-input').fill('缴费');
    await phone.at('chat-send').click();
    await phone.at('message-link').or(phone.at('news-item')).last().click();
    await expect(phone.in('username')).toBeVisible();
});
