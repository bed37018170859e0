export { default as Jobs } from './jobs/Jobs.vue'
