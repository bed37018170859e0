#include "server/flows/job_argument.hpp"

#include <algorithm>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace flows {

std::string job_argument(const job_fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        if (!out.empty()) out += '&';
        out += base::percent_encode(name) + "=" + base::percent_encode(value);
    }
    return out;
}

job_fields fields_of_job(std::string_view argument) {
    job_fields out;
    while (!argument.empty()) {
        const auto end = std::min(argument.find('&'), argument.size());
        const auto pair = argument.substr(0, end);
        argument.remove_prefix(std::min(end + 1, argument.size()));
        const auto middle = std::min(pair.find('='), pair.size());
        const auto name = base::percent_decode(pair.substr(0, middle));
        const auto value = base::percent_decode(pair.substr(std::min(middle + 1, pair.size())));
        base::ensure(name && value, "the argument of a job can be read");
        out[*name] = *value;
    }
    return out;
}

std::string field(const job_fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
}

}  // namespace flows
