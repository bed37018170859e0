#include "server/routes/download.hpp"

#include <array>
#include <string>
#include <utility>

#include "server/base/encoding.hpp"

namespace routes {
namespace {

struct type_of_ending {
    std::string_view ending;
    std::string_view type;
};

constexpr std::array types{
    type_of_ending{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    type_of_ending{".csv", "text/csv; charset=utf-8"},
    type_of_ending{".gz", "application/gzip"},
    type_of_ending{".pdf", "application/pdf"},
};

std::string_view type_of(std::string_view file_name) {
    for (const auto& one : types) {
        if (file_name.ends_with(one.ending)) return one.type;
    }
    return "application/octet-stream";
}

}  // namespace

http::reply download(std::string_view file_name, std::shared_ptr<const http::body_source> source) {
    auto answer = http::reply::empty(200);
    answer.source = std::move(source);
    answer.with("Content-Type", std::string{type_of(file_name)});
    answer.with(
        "Content-Disposition", "attachment; filename*=UTF-8''" + base::percent_encode(file_name)
    );
    return answer;
}

}  // namespace routes
