#include "db/operator_proofs.hpp"

#include "server/base/error.hpp"

namespace db {
namespace {

#define CAMPUS_PROOF_HOLDS                                                           \
    "WHERE id = ? AND password_hash = ? AND totp_sealed = ? AND totp_last_step < ? " \
    "AND password_must_change = 0 AND disabled = 0"

constexpr auto take_step =
    "UPDATE operators SET totp_last_step = ?, changed_ms = ? " CAMPUS_PROOF_HOLDS;

constexpr auto take_step_and_sign_in =
    "UPDATE operators SET totp_last_step = ?, signed_in_ms = ? " CAMPUS_PROOF_HOLDS;

constexpr auto sign_in_for_setup =
    "UPDATE operators SET signed_in_ms = ?, version = version + 1 "
    "WHERE id = ? AND password_hash = ? AND password_must_change = 1 AND disabled = 0";

constexpr auto change_password =
    "UPDATE operators SET totp_last_step = ?, changed_ms = ?, password_hash = ?, "
    "version = version + 1 " CAMPUS_PROOF_HOLDS;

constexpr auto finish_setup =
    "UPDATE operators SET password_hash = ?, password_must_change = 0, totp_sealed = ?, "
    "totp_last_step = ?, enrolled_ms = ?, changed_ms = ?, version = version + 1 "
    "WHERE id = ? AND password_hash = ? AND password_must_change = 1 AND disabled = 0";

constexpr auto replace_secret =
    "UPDATE operators SET totp_sealed = ?, totp_last_step = ?, enrolled_ms = ?, changed_ms = ?, "
    "version = version + 1 WHERE id = ? AND totp_sealed = ? AND password_must_change = 0 "
    "AND disabled = 0";

constexpr auto role_of = "SELECT role FROM operators WHERE id = ?";

}  // namespace

bool take_code(connection& db, const operator_proof& proof, base::epoch_ms now) {
    return db.change(
               take_step,
               proof.step,
               now,
               proof.operator_id,
               proof.password_hash,
               blob{proof.totp_sealed},
               proof.step
           ) == 1;
}

bool sign_operator_in(connection& db, const operator_proof& proof, base::epoch_ms now) {
    return db.change(
               take_step_and_sign_in,
               proof.step,
               now,
               proof.operator_id,
               proof.password_hash,
               blob{proof.totp_sealed},
               proof.step
           ) == 1;
}

bool sign_operator_in_for_setup(
    connection& db, std::int64_t operator_id, std::string_view password_hash, base::epoch_ms now
) {
    return db.change(sign_in_for_setup, now, operator_id, password_hash) == 1;
}

bool change_operator_password(
    connection& db, const operator_proof& proof, std::string_view new_hash, base::epoch_ms now
) {
    return db.change(
               change_password,
               proof.step,
               now,
               new_hash,
               proof.operator_id,
               proof.password_hash,
               blob{proof.totp_sealed},
               proof.step
           ) == 1;
}

bool finish_operator_setup(
    connection& db,
    std::int64_t operator_id,
    std::string_view initial_hash,
    const operator_secrets& own,
    base::epoch_ms now
) {
    const auto changed = db.change(
        finish_setup,
        own.password_hash,
        blob{own.totp_sealed},
        own.step,
        now,
        now,
        operator_id,
        initial_hash
    );
    if (changed != 1) return false;
    auto found = db.select(role_of, operator_id);
    base::ensure(found.next(), "an operator that was changed is there");
    count_able_admin(db, false, found.text("role") == "admin");
    return true;
}

bool replace_authenticator(
    connection& db,
    std::int64_t operator_id,
    std::string_view old_sealed,
    std::string_view new_sealed,
    std::int64_t step,
    base::epoch_ms now
) {
    return db.change(
               replace_secret, blob{new_sealed}, step, now, now, operator_id, blob{old_sealed}
           ) == 1;
}

}  // namespace db
