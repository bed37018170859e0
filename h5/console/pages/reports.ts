export { default as Reports } from './reports/Reports.vue'
