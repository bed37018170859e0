#include "server/flows/user_names.hpp"

namespace flows {

std::optional<db::person> person_named(
    db::connection& db, std::string_view typed, std::string_view id_number_hash
) {
    auto found = db::find_person_by_student_no(db, typed);
    if (found) return found;
    found = db::find_person_by_id_number_hash(db, id_number_hash);
    if (found && !found->is_new) found.reset();
    return found;
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blanks) - first + 1)};
}

}  // namespace flows
