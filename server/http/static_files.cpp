#include "server/http/static_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <system_error>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"
#include "server/base/log.hpp"
#include "server/http/text.hpp"
#include "server/http/wire.hpp"

namespace http {
namespace {

namespace fs = std::filesystem;

struct sibling {
    coding how;
    std::string_view extension;
    std::string_view word;  // of Content-Encoding
};
constexpr std::array siblings{
    sibling{coding::brotli, ".br", "br"},
    sibling{coding::gzip, ".gz", "gzip"},
    sibling{coding::identity, "", ""},
};

constexpr std::string_view for_a_year = "public, max-age=31536000, immutable";
constexpr std::string_view revalidated = "no-cache";

std::string read_file(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
        throw fs::filesystem_error{"not readable", file, std::make_error_code(std::errc::io_error)};
    return bytes;
}

// Whether `path` is the compressed form of a file that lies beside it.
bool is_sibling(const fs::path& path) {
    const auto extension = path.extension();
    if (extension != ".br" && extension != ".gz") return false;
    auto plain = path;
    std::error_code ignored;
    return fs::is_regular_file(plain.replace_extension(), ignored);
}

std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

std::string etag_of(std::string_view bytes) {
    return '"' + base::to_base64url(base::sha256(bytes).substr(0, 16)) + '"';
}

// If-None-Match compares weakly: W/"x" is the same page as "x".
bool lists_etag(std::string_view header, std::string_view etag) {
    while (!header.empty()) {
        auto item = trim(cut(header, ','));
        if (item == "*") return true;
        if (item.starts_with("W/")) item.remove_prefix(2);
        if (item == etag) return true;
    }
    return false;
}

[[noreturn]] void refuse_missing(bool empty) {
    if (empty) {
        throw base::error{
            base::errc::not_found, "no front end loaded", "页面文件还没有部署，请联系管理员"};
    }
    throw base::error{base::errc::not_found};
}

}  // namespace

bool is_hashed_name(std::string_view path) {
    if (path.find("/assets/") == std::string_view::npos) return false;
    const auto name = last_part(path);
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    // app-B3x_9dQa.js or app.B3x_9dQa.js: at least eight characters of a hash before the ending.
    const auto ending = name.rfind('.');
    const auto mark = name.find_last_of("-.", ending - 1);
    auto stem = mark == std::string_view::npos ? std::string_view{}
                                               : name.substr(mark + 1, ending - mark - 1);
    // A base64url hash may itself hold '-': look at the last eight characters then.
    if (stem.size() < 8 && ending >= 9 && (name[ending - 9] == '-' || name[ending - 9] == '.')) {
        stem = name.substr(ending - 8, 8);
    }
    const auto is_hash_char = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    };
    // A plain word is no hash: "logo-transparent.png" must stay revalidated.
    const auto is_odd = [](unsigned char c) { return c < 'a' || c > 'z'; };
    return stem.size() >= 8 && std::all_of(stem.begin(), stem.end(), is_hash_char) &&
           std::any_of(stem.begin(), stem.end(), is_odd);
}

static_files::static_files(static_options options) : options_{std::move(options)} {
    try {
        load();
        base::log::info(
            "static_files_loaded",
            {{"mount", options_.mount}, {"files", files_.size()}, {"bytes", byte_count_}}
        );
    } catch (const std::exception& failure) {
        files_.clear();
        base::log::warning(
            "static_files_missing", {{"mount", options_.mount}, {"detail", failure.what()}}
        );
    }
}

void static_files::load() {
    // Symbolic links are not followed: what is served lies in the folder.
    for (const auto& entry : fs::recursive_directory_iterator{options_.folder}) {
        if (entry.is_symlink() || !entry.is_regular_file() || is_sibling(entry.path())) continue;
        const auto below = fs::relative(entry.path(), options_.folder).generic_string();
        if (below.front() == '.' || below.find("/.") != std::string::npos) continue;
        add_file(entry.path(), options_.mount + "/" + below);
    }
}

void static_files::add_file(const fs::path& file, const std::string& address) {
    const auto caching = is_hashed_name(address) ? for_a_year : revalidated;
    variants all;
    for (const auto& [how, extension, word] : siblings) {
        auto path = file;
        path += extension;
        std::error_code ignored;
        if (!fs::is_regular_file(path, ignored) || fs::is_symlink(path)) continue;
        auto bytes = read_file(path);
        byte_count_ += bytes.size();
        if (byte_count_ > options_.bytes_max) throw std::runtime_error{"folder too large"};

        reply whole{200, media_type_of(address), std::move(bytes)};
        reply unchanged = reply::empty(304);
        const auto etag = etag_of(*whole.body);
        for (auto* each : {&whole, &unchanged}) {
            each->with("ETag", etag);
            each->with("Cache-Control", std::string{caching});
            each->with("Vary", "Accept-Encoding");
        }
        if (!word.empty()) whole.with("Content-Encoding", std::string{word});
        all.push_back(
            {how,
             etag,
             std::make_shared<const std::string>(head_of(whole)),
             std::make_shared<const std::string>(head_of(unchanged)),
             whole.body}
        );
    }
    files_.emplace(address, std::move(all));
}

const static_files::variants* static_files::find(const std::string& path) const {
    const auto exact = files_.find(path);
    if (exact != files_.end()) return &exact->second;
    if (!path.empty() && path.back() == '/') {
        const auto index = files_.find(path + "index.html");
        if (index != files_.end()) return &index->second;
    }
    const bool is_page = last_part(path).find('.') == std::string_view::npos;
    return options_.falls_back_to_index && is_page ? index_above(path) : nullptr;
}

const static_files::variants* static_files::index_above(std::string_view path) const {
    // A page never lives under assets: what is missing there is missing.
    if (path.find("/assets/") != std::string_view::npos) return nullptr;
    for (auto slash = path.rfind('/'); slash != std::string_view::npos;) {
        const auto index = files_.find(std::string{path.substr(0, slash)} + "/index.html");
        if (index != files_.end()) return &index->second;
        slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1);
    }
    return nullptr;
}

reply static_files::answer(const request& asked) const {
    const auto* found = find(asked.path);
    // "/h5" is the folder's name: relative addresses of its page need the slash.
    if (asked.path.back() != '/' && files_.contains(asked.path + "/index.html")) {
        const auto mark = asked.target.find('?');
        const auto query = mark == std::string::npos ? "" : asked.target.substr(mark);
        auto moved = reply::empty(308);
        moved.with("Location", asked.path + "/" + query);
        return moved;
    }
    if (found == nullptr) refuse_missing(files_.empty());

    const auto accepted = read_accept_encoding(asked.header("accept-encoding"));
    const auto* best = &found->back();  // the plain form when nothing is acceptable
    int best_weight = 0;
    for (const auto& each : *found) {
        const auto weight = accepted.of(each.how);
        if (weight <= best_weight) continue;
        best = &each;
        best_weight = weight;
    }
    reply answer;
    const bool unchanged = lists_etag(asked.header("if-none-match"), best->etag);
    answer.status = unchanged ? 304 : 200;
    answer.prepared_head = unchanged ? best->head_unchanged : best->head;
    if (!unchanged) answer.body = best->body;
    return answer;
}

immediate_handler static_files::as_handler() const {
    return [this](const request& asked) { return answer(asked); };
}

}  // namespace http
