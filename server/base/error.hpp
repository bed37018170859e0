#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace base {

// Everything that can end a call early and that the caller can only pass on. One table in error.cpp
// turns each into an HTTP status, a stable code, a Chinese sentence for the user and a log level.
enum class errc {
    // the request
    bad_request,
    payload_too_large,
    not_found,
    method_not_allowed,
    unsupported_media,
    foreign_origin,
    csrf_token_wrong,
    too_many_requests,
    // who is asking
    not_signed_in,
    sign_in_failed,
    sign_in_throttled,
    captcha_wrong,
    password_wrong,
    password_too_weak,
    password_change_needed,
    security_answers_unfit,
    recovery_not_possible,
    recovery_failed,
    profile_unfit,
    not_allowed_at_this_level,
    wechat_identity_needed,
    oauth_failed,
    binding_not_possible,
    // bills and orders
    bill_not_found,
    bill_not_payable,
    bill_in_live_order,
    bills_changed,
    part_not_allowed,
    arrears_first,
    order_not_found,
    order_not_payable,
    order_not_cancellable,
    other_wechat_account,
    request_id_reused,
    too_many_lines,
    receipt_not_possible,
    receipt_not_genuine,
    // a link by which the family pays
    family_link_not_found,
    family_link_over,
    family_someone_pays,
    // what a payer starts himself
    choice_not_found,
    choice_not_open,
    choice_full,
    choice_taken,
    amount_outside_limits,
    target_wrong,
    answers_wrong,
    sign_up_not_found,
    sign_up_not_cancellable,
    // refunds
    refund_not_found,
    refund_not_possible,
    refund_needs_another_person,
    refund_figures_changed,
    refund_file_unfit,
    refund_file_known,
    refund_batch_not_found,
    refund_batch_not_possible,
    leaver_not_found,
    leaver_waits_already,
    // searches that an operator keeps
    search_not_found,
    search_name_taken,
    too_many_searches,
    // the console
    console_setup_needed,
    console_setup_done,
    not_your_role,
    outside_your_colleges,
    code_wrong,
    operator_not_found,
    operator_name_taken,
    operator_unfit,
    operator_changed,
    last_admin,
    console_session_not_found,
    // jobs and days of the console
    too_many_jobs,
    job_not_found,
    day_not_found,
    day_not_mended,
    // the outside world
    wechat_refused,
    wechat_unknown,
    notice_refused,
    // ourselves
    database_unavailable,
    database_outcome_unknown,
    busy,
    conf_invalid,
    import_refused,
    internal,
};

enum class severity { info, warning, alarm };

// What a refusal looks like from outside.
struct error_face {
    errc what;
    unsigned http_status;
    std::string_view code;     // stable, for programs
    std::string_view message;  // Chinese, for people
    severity level;
};

const error_face& face_of(errc what);

// detail is for the log: never a secret, a name, an ID number, an openid or a query string.
// message, if given, replaces the table's sentence for the user.
class error : public std::runtime_error {
public:
    explicit error(errc what, std::string detail = {}, std::string message = {});

    errc what_code() const { return what_; }
    const error_face& face() const { return face_of(what_); }
    const std::string& detail() const { return detail_; }
    std::string_view message() const { return message_.empty() ? face().message : message_; }

private:
    errc what_;
    std::string detail_;
    std::string message_;
};

// Guards what must be true whatever the input. Throwing rolls the transaction back.
void ensure(bool truth, std::string_view what_must_hold);

}  // namespace base
