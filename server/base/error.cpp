#include "server/base/error.hpp"

#include <array>

namespace base {
namespace {

constexpr auto info = severity::info;
constexpr auto warning = severity::warning;
constexpr auto alarm = severity::alarm;

constexpr std::array faces{
    error_face{errc::bad_request, 400, "bad_request", "请求内容有误，请检查后重试", info},
    error_face{errc::payload_too_large, 413, "payload_too_large", "提交的内容过大", info},
    error_face{errc::not_found, 404, "not_found", "没有找到您访问的内容", info},
    error_face{errc::method_not_allowed, 405, "method_not_allowed", "不支持这种访问方式", info},
    error_face{errc::unsupported_media, 415, "unsupported_media", "提交的内容格式不正确", info},
    error_face{errc::foreign_origin, 403, "foreign_origin", "请从学校缴费页面操作", warning},
    error_face{errc::csrf_token_wrong, 403, "csrf_token_wrong", "页面已过期，请刷新后重试", info},
    error_face{errc::too_many_requests, 429, "too_many_requests", "操作太频繁，请稍后再试", info},
    error_face{errc::not_signed_in, 401, "not_signed_in", "请先登录", info},
    error_face{errc::sign_in_failed, 401, "sign_in_failed", "账号或密码不正确，请核对后重试", info},
    error_face{
        errc::sign_in_throttled,
        429,
        "sign_in_throttled",
        "一小时内尝试次数过多，请稍后再试，最长等一小时",
        warning},
    error_face{errc::captcha_wrong, 400, "captcha_wrong", "验证码不正确或已过期，请重新填写", info},
    error_face{errc::password_wrong, 403, "password_wrong", "当前密码不正确，请重新输入", info},
    error_face{errc::password_too_weak, 400, "password_too_weak", "新密码不符合要求", info},
    error_face{
        errc::password_change_needed,
        403,
        "password_change_needed",
        "请先修改初始密码，再重新登录",
        info},
    error_face{
        errc::security_answers_unfit, 400, "security_answers_unfit", "密保问题填写有误", info},
    error_face{
        errc::recovery_not_possible,
        409,
        "recovery_not_possible",
        "目前不能找回密码，请重新开始或联系学校",
        info},
    error_face{errc::recovery_failed, 403, "recovery_failed", "密保答案不正确，请核对后重试", info},
    error_face{errc::profile_unfit, 400, "profile_unfit", "个人信息填写有误，请核对", info},
    error_face{
        errc::not_allowed_at_this_level,
        403,
        "not_allowed_at_this_level",
        "当前登录方式不能进行此操作，请使用本人设置的密码登录",
        info},
    error_face{
        errc::wechat_identity_needed,
        409,
        "wechat_identity_needed",
        "请在微信中从学校公众号的“缴费入口”打开本页再支付",
        info},
    error_face{errc::oauth_failed, 400, "oauth_failed", "微信授权没有完成，请重新进入", info},
    error_face{
        errc::binding_not_possible,
        409,
        "binding_not_possible",
        "当前登录方式不能绑定微信，请使用用户名和密码登录",
        info},
    error_face{errc::bill_not_found, 404, "bill_not_found", "没有找到这笔费用，请刷新后重试", info},
    error_face{
        errc::bill_not_payable,
        409,
        "bill_not_payable",
        "所选费用目前不能缴纳，请刷新后查看",
        info},
    error_face{
        errc::bill_in_live_order,
        409,
        "bill_in_live_order",
        "所选费用已在一笔未完成的订单中，请继续支付或取消该订单",
        info},
    error_face{errc::bills_changed, 409, "bills_changed", "费用金额已更新，请刷新后重新确认", info},
    error_face{
        errc::part_not_allowed,
        409,
        "part_not_allowed",
        "不能只缴这一部分：须一次缴清，或在允许时每次至少 100 元",
        info},
    error_face{
        errc::arrears_first, 409, "arrears_first", "请先缴清（或一并缴清）较早学年的费用", info},
    error_face{errc::order_not_found, 404, "order_not_found", "没有找到该订单", info},
    error_face{errc::order_not_payable, 409, "order_not_payable", "该订单已不能继续支付", info},
    error_face{errc::order_not_cancellable, 409, "order_not_cancellable", "该订单已不能取消", info},
    error_face{
        errc::other_wechat_account,
        409,
        "other_wechat_account",
        "该订单由另一个微信账号发起，请用原微信支付，或取消后重新下单",
        info},
    error_face{
        errc::request_id_reused, 409, "request_id_reused", "页面已过期，请刷新后重新提交", warning},
    error_face{errc::too_many_lines, 400, "too_many_lines", "一次选择的费用过多，请分次缴纳", info},
    error_face{
        errc::receipt_not_possible,
        409,
        "receipt_not_possible",
        "该订单还没有收到付款，不能出具凭证",
        info},
    error_face{
        errc::receipt_not_genuine,
        404,
        "receipt_not_genuine",
        "没有查到这张凭证。请核对订单号和查验码；如核对无误，这张凭证不是本平台出具的",
        info},
    error_face{
        errc::family_link_not_found,
        404,
        "family_link_not_found",
        "没有找到这个代付链接，请向学生本人要一个新的",
        info},
    error_face{
        errc::family_link_over,
        409,
        "family_link_over",
        "这个代付链接已失效，请向学生本人确认",
        info},
    error_face{
        errc::family_someone_pays,
        409,
        "family_someone_pays",
        "有人正在支付这些费用，请稍后再看结果，不会重复扣款",
        info},
    error_face{
        errc::choice_not_found, 404, "choice_not_found", "没有找到该项目，请刷新后重试", info},
    error_face{errc::choice_not_open, 409, "choice_not_open", "该项目目前未开放", info},
    error_face{errc::choice_full, 409, "choice_full", "名额已满", info},
    error_face{errc::choice_taken, 409, "choice_taken", "您已办理过该项目，无需重复办理", info},
    error_face{
        errc::amount_outside_limits, 400, "amount_outside_limits", "金额超出可充值的范围", info},
    error_face{errc::target_wrong, 400, "target_wrong", "充值对象填写有误，请核对", info},
    error_face{errc::answers_wrong, 400, "answers_wrong", "填写的内容有误，请核对", info},
    error_face{errc::sign_up_not_found, 404, "sign_up_not_found", "没有找到这次报名", info},
    error_face{
        errc::sign_up_not_cancellable,
        409,
        "sign_up_not_cancellable",
        "该报名已不能取消，如需退费请联系学校",
        info},
    error_face{errc::refund_not_found, 404, "refund_not_found", "没有找到这笔退款", info},
    error_face{errc::refund_not_possible, 409, "refund_not_possible", "这笔款项目前不能退款", info},
    error_face{
        errc::refund_needs_another_person,
        403,
        "refund_needs_another_person",
        "退款须由申请人以外的另一人复核",
        warning},
    error_face{
        errc::refund_figures_changed,
        409,
        "refund_figures_changed",
        "金额已有变化，请刷新核对后再提交",
        info},
    error_face{
        errc::refund_file_unfit, 400, "refund_file_unfit", "文件有误，没有申请任何退款", info},
    error_face{errc::refund_file_known, 409, "refund_file_known", "这个文件已经提交过", info},
    error_face{
        errc::refund_batch_not_found, 404, "refund_batch_not_found", "没有找到这批退款", info},
    error_face{
        errc::refund_batch_not_possible,
        409,
        "refund_batch_not_possible",
        "这批退款的状态已变化，不能再这样处理",
        info},
    error_face{errc::leaver_not_found, 404, "leaver_not_found", "没有找到该学生", info},
    error_face{
        errc::leaver_waits_already,
        409,
        "leaver_waits_already",
        "该学生已有一批离校退费等待复核",
        info},
    error_face{errc::search_not_found, 404, "search_not_found", "没有找到这个常用查询", info},
    error_face{
        errc::search_name_taken,
        409,
        "search_name_taken",
        "已有同名的常用查询，请换一个名称",
        info},
    error_face{
        errc::too_many_searches, 409, "too_many_searches", "常用查询已满，请先删除不用的", info},
    error_face{
        errc::console_setup_needed,
        403,
        "console_setup_needed",
        "请先设置本人密码并绑定动态口令",
        info},
    error_face{
        errc::console_setup_done, 409, "console_setup_done", "本人密码和动态口令已经设置过", info},
    error_face{errc::not_your_role, 403, "not_your_role", "您的岗位不能进行此操作", warning},
    error_face{
        errc::outside_your_colleges,
        403,
        "outside_your_colleges",
        "您的账号只负责部分学院，不能查看或处理全校的内容",
        warning},
    error_face{
        errc::code_wrong, 403, "code_wrong", "动态口令不正确或已用过，请等下一个口令再试", info},
    error_face{errc::operator_not_found, 404, "operator_not_found", "没有找到该操作员", info},
    error_face{
        errc::operator_name_taken,
        409,
        "operator_name_taken",
        "该登录名已有人使用，请换一个",
        info},
    error_face{errc::operator_unfit, 400, "operator_unfit", "操作员信息填写有误，请核对", info},
    error_face{
        errc::operator_changed,
        409,
        "operator_changed",
        "该操作员刚被他人修改，请刷新后重试",
        info},
    error_face{
        errc::last_admin,
        409,
        "last_admin",
        "这是最后一名可登录的管理员，请先增加一名再操作",
        info},
    error_face{
        errc::console_session_not_found,
        404,
        "console_session_not_found",
        "没有找到这次登录",
        info},
    error_face{
        errc::too_many_jobs, 409, "too_many_jobs", "您还有几项任务没有完成，请稍后再试", info},
    error_face{errc::job_not_found, 404, "job_not_found", "没有找到该任务，可能已过保留时间", info},
    error_face{errc::day_not_found, 404, "day_not_found", "没有这一天，或者这一天还没有到", info},
    error_face{errc::day_not_mended, 409, "day_not_mended", "不能这样处理，请查明后再试", info},
    error_face{
        errc::wechat_refused, 502, "wechat_refused", "微信支付暂时不能受理，请稍后再试", alarm},
    error_face{
        errc::wechat_unknown,
        503,
        "wechat_unknown",
        "正在向微信确认，请稍后查看结果，请勿担心重复扣款",
        warning},
    error_face{errc::notice_refused, 401, "notice_refused", "通知未通过验证", warning},
    error_face{
        errc::database_unavailable, 503, "database_unavailable", "系统繁忙，请稍后再试", alarm},
    error_face{
        errc::database_outcome_unknown,
        503,
        "database_outcome_unknown",
        "正在确认处理结果，请稍后刷新查看",
        alarm},
    error_face{errc::busy, 503, "busy", "当前访问人数较多，请稍后再试", warning},
    error_face{errc::conf_invalid, 500, "conf_invalid", "系统配置有误，请联系管理员", alarm},
    error_face{errc::import_refused, 400, "import_refused", "导入内容有误，未写入任何数据", info},
    error_face{errc::internal, 500, "internal", "系统出现异常，请稍后再试", alarm},
};

// Exactly one face for each errc, in their order.
constexpr bool complete() {
    if (faces.size() != static_cast<std::size_t>(errc::internal) + 1) return false;
    for (std::size_t i = 0; i < faces.size(); ++i) {
        if (faces[i].what != static_cast<errc>(i)) return false;
    }
    return true;
}
static_assert(complete(), "a face is missing, doubled or out of order");

}  // namespace

const error_face& face_of(errc what) {
    const auto index = static_cast<std::size_t>(what);
    return index < faces.size() ? faces[index] : faces.back();
}

error::error(errc what, std::string detail, std::string message)
    : std::runtime_error{std::string{face_of(what).code} + (detail.empty() ? "" : ": " + detail)},
      what_{what},
      detail_{std::move(detail)},
      message_{std::move(message)} {}

void ensure(bool truth, std::string_view what_must_hold) {
    if (!truth) throw error{errc::internal, "broken: " + std::string{what_must_hold}};
}

}  // namespace base
